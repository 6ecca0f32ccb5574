import { fetchRefTip } from '../commits/fetch-ref-tip.js';
import { EXIT, WmsError } from '../errors.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';

/**
 * Commit that `revision` names: anything that Git understands here, else a branch of the remote, fetched when it is
 * not here yet (`data/20261121-101500`, `origin/main`). Throws WmsError `data/no-such-revision` (exit code 2).
 */
export async function resolveRevision(git: GitRepository, revision: string): Promise<Oid> {
  const here = await git.resolveCommit(revision);
  if (here !== null) return here;
  const current = await git.currentBranch();
  const followed = current === null ? null : await git.config(`branch.${current}.remote`);
  const usual = followed ?? 'origin';
  const [first = '', ...rest] = revision.split('/');
  const places = [{ remote: usual, branch: revision }];
  if (rest.length > 0 && (await git.config(`remote.${first}.url`)) !== null) {
    places.unshift({ remote: first, branch: rest.join('/') });
  }
  for (const { remote, branch } of places) {
    const found =
      (await git.resolveCommit(`refs/remotes/${remote}/${branch}`)) ?? (await fetched(git, remote, branch));
    if (found !== null) return found;
  }
  throw new WmsError({
    kind: 'data/no-such-revision',
    code: EXIT.usage,
    what: `There is no revision ${JSON.stringify(revision)}.`,
    why: `It is neither a commit, a tag or a branch here nor a branch of ${usual}.`,
    next: 'git branch --all',
  });
}

async function fetched(git: GitRepository, remote: string, branch: string): Promise<Oid | null> {
  if ((await git.config(`remote.${remote}.url`)) === null) return null;
  const ref = `refs/heads/${branch}`;
  const oid = await fetchRefTip(git, remote, ref);
  return oid === null ? null : git.resolveCommit(oid);
}
