import { git, tryGit } from './scratch.js';
import { joinTeam, type Team } from './team.js';

/** What a code host's three buttons do with the pull request of a data branch. The branch is deleted after it. */
export type MergeWay = 'merge' | 'squash' | 'rebase';

export async function mergePullRequest(team: Team, branch: string, way: MergeWay): Promise<void> {
  const host = await joinTeam(team);
  const pull = `origin/${branch}`;
  if (way === 'merge') await git(host, 'merge', '--quiet', '--no-ff', '-m', `Merge ${branch}`, pull);
  if (way === 'squash') {
    await git(host, 'merge', '--quiet', '--squash', pull);
    await git(host, 'commit', '--quiet', '-m', `Squash ${branch}`);
  }
  if (way === 'rebase') {
    const { exitCode, stderr } = await tryGit(host, ['cherry-pick', `HEAD..${pull}`], {
      // A host writes the commits anew.
      env: { GIT_COMMITTER_NAME: 'Host', GIT_COMMITTER_EMAIL: 'host@example.com' },
    });
    if (exitCode !== 0) throw new Error(stderr);
  }
  await git(host, 'push', '--quiet', 'origin', 'HEAD:main', `:refs/heads/${branch}`);
}

/** A teammate changes files on the remote's main. */
export async function teammateCommits(
  team: Team,
  change: (clone: string) => Promise<unknown>,
): Promise<string> {
  const clone = await joinTeam(team);
  await change(clone);
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
  return clone;
}
