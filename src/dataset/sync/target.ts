import type { Config } from '../../config/schema.js';
import { EXIT, WmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { protectedBranch } from '../protected-branch.js';

export interface SyncOptions {
  /** Default: what the branch follows, else `origin`. */
  readonly remote?: string | undefined;
  /** Default: the protected branch that is checked out, else the first of the settings. */
  readonly branch?: string | undefined;
}

export interface SyncTarget {
  readonly remote: string;
  readonly branch: string;
  /** Where the local branch is. */
  readonly local: Oid;
  /** The branch is checked out in this worktree. */
  readonly here: boolean;
}

/**
 * Which local branch follows which remote. Throws WmsError `sync/no-branch` (exit code 2), `sync/elsewhere` or
 * `sync/unfinished` (6).
 */
export async function findTarget(
  git: GitRepository,
  config: Config,
  options: SyncOptions,
): Promise<SyncTarget> {
  const current = await git.currentBranch();
  const branch = options.branch ?? protectedBranch(config, current);
  const followed = await git.config(`branch.${branch}.remote`);
  const remote = options.remote ?? (followed === '.' ? null : followed) ?? 'origin';
  const local = await git.resolveCommit(`refs/heads/${branch}`);
  if (local === null) throw noBranch(branch);
  const begun = await git.unfinishedOperation();
  if (begun !== null) throw unfinished(begun);
  const here = branch === current;
  const elsewhere = here ? undefined : (await git.worktrees()).find((tree) => tree.branch === branch);
  if (elsewhere !== undefined) throw checkedOutElsewhere(branch, elsewhere.path);
  return { remote, branch, local, here };
}

function noBranch(branch: string): WmsError {
  return new WmsError({
    kind: 'sync/no-branch',
    code: EXIT.usage,
    what: `This clone has no branch ${branch}.`,
    why: 'There is nothing here that could be moved.',
    next: `git switch ${branch}, or name another branch: npx wms sync --branch NAME`,
  });
}

function unfinished(operation: string): WmsError {
  return new WmsError({
    kind: 'sync/unfinished',
    code: EXIT.conflict,
    what: `A ${operation} is under way in this working tree.`,
    next: `git ${operation} --continue, or git ${operation} --abort; then: npx wms sync`,
  });
}

function checkedOutElsewhere(branch: string, path: string): WmsError {
  return new WmsError({
    kind: 'sync/elsewhere',
    code: EXIT.conflict,
    what: `${branch} is checked out in another working tree: ${path}`,
    why: 'Moved from here, the files there would no longer fit it.',
    next: 'Run npx wms sync there; if that directory is gone: git worktree prune',
  });
}
