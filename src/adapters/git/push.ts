import { EXIT, WmsError } from '../../errors.js';
import type { Oid, PushResult } from '../../ports/git-repository.js';
import type { Git } from './git.js';

/** Our own hook sees this in the nested push and steps aside; other people's hooks still run. */
const PUBLISHING = 'WMS_PUBLISHING';

export async function pushNewBranch(
  git: Git,
  remote: string,
  commit: Oid,
  branch: string,
): Promise<PushResult> {
  const ref = `refs/heads/${branch}`;
  const args = ['push', '--porcelain', '--no-follow-tags', '--recurse-submodules=no'];
  const lease = `--force-with-lease=${ref}:`;
  const answer = await git.run([...args, lease, '--', remote, `${commit}:${ref}`], {
    env: { [PUBLISHING]: '1' },
    answers: [0, 1, 128],
  });
  const line =
    answer.stdout
      .toString()
      .split('\n')
      .find((text) => text.includes(`:${ref}\t`)) ?? '';
  if (answer.code === 0) return { outcome: 'pushed', messages: remoteMessages(answer.stderr) };
  if (line.includes('(stale info)') || tookItFirst(ref, answer.stderr))
    return { outcome: 'exists', messages: [] };
  throw pushFailed(remote, branch, line, answer.stderr);
}

/** Another push made the branch, or is making it, after the remote had told us its branches. */
function tookItFirst(ref: string, stderr: string): boolean {
  return (
    stderr.includes(`cannot lock ref '${ref}': reference already exists`) ||
    stderr.includes(`${ref}.lock': File exists`)
  );
}

function remoteMessages(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('remote:'))
    .map((line) => line.slice('remote:'.length).trim())
    .filter((line) => line !== '');
}

function pushFailed(remote: string, branch: string, line: string, stderr: string): WmsError {
  const said = [line.split('\t').at(-1) ?? '', stderr.trim()].filter((text) => text !== '').join('\n');
  const blockedByName = /'refs\/heads\/data' exists|directory file conflict|refname conflict/i.test(said);
  if (blockedByName) {
    return new WmsError({
      kind: 'git/branch-name-blocked',
      code: EXIT.network,
      what: `${remote} cannot have a branch ${branch}.`,
      why: `A branch named "data" on the remote leaves no room for branches below data/.\n${said}`,
      next: `Rename that branch, for example: git push ${remote} refs/remotes/origin/data:refs/heads/dataset-old :refs/heads/data`,
    });
  }
  return new WmsError({
    kind: 'git/push-failed',
    code: EXIT.network,
    what: `${remote} did not take the branch ${branch}.`,
    why: said || 'Git gave no reason.',
    next: 'The objects are in the store already; push again when the reason is gone.',
  });
}
