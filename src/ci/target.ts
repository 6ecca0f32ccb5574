import { fetchRefTip } from '../commits/fetch-ref-tip.js';
import type { Config } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import { nameOf, registryPlace } from '../model/registry/place.js';
import { fetchTip } from '../model/registry/remote.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import { isDataBranch } from '../publish/data-branch.js';

/** A data branch, and the protected branch that it is for, as the remote has them now. */
export interface CiTarget {
  readonly remote: string;
  /** `data/YYYYMMDD-HHMMSS` */
  readonly branch: string;
  readonly tip: Oid;
  /** Name of the protected branch. */
  readonly into: string;
  /** What the protected branch holds. */
  readonly base: Oid;
}

/**
 * Finds the data branch that a job is about, and fetches what it needs. `name` null: the branch that is checked out.
 * Throws WmsError `ci/not-a-data-branch`, `ci/no-branch` (exit code 2), and `registry/unreachable` (4 or 5).
 */
export async function findTarget(
  { git, config }: { readonly git: GitRepository; readonly config: Config },
  name: string | null,
): Promise<CiTarget> {
  const branch = await dataBranch(git, name);
  const { remote, branch: into } = await registryPlace(git, config);
  const base = await fetchTip(git, { remote, branch: into });
  const tip = await fetchRefTip(git, remote, refOf(branch));
  if (tip === null) throw noBranch(branch, remote);
  return { remote, branch, tip, into, base };
}

export const refOf = (branch: string): string => `refs/heads/${branch}`;

export const intoOf = ({ remote, into }: CiTarget): string => nameOf({ remote, branch: into });

/** Brings the working tree along when it is the data branch, and holds nothing that the remote's branch did not. */
export async function followBranch(git: GitRepository, { branch, tip }: CiTarget, to: Oid): Promise<void> {
  const head = await git.resolveCommit('HEAD');
  if ((await git.currentBranch()) !== branch || head === null || head === to) return;
  if (head !== tip && !(await git.isAncestor(head, to))) return;
  await git.moveCheckout({
    branch,
    from: head,
    to,
    keepFiles: [],
    message: `wms ci: the remote's ${branch}`,
    resumed: false,
  });
}

/** The data branch of this name; null: the one that is checked out. Throws WmsError `ci/not-a-data-branch` (exit code 2). */
export async function dataBranch(git: GitRepository, name: string | null): Promise<string> {
  const branch = name ?? (await git.currentBranch());
  if (branch !== null && isDataBranch(branch)) return branch;
  throw new WmsError({
    kind: 'ci/not-a-data-branch',
    code: EXIT.usage,
    what:
      branch === null
        ? 'No branch is checked out here.'
        : `${JSON.stringify(branch)} is not a data branch (data/YYYYMMDD-HHMMSS).`,
    why: 'Publishing makes them: git push of new images to a protected branch.',
    next: 'Name one: git ls-remote --heads origin "data/*"',
  });
}

function noBranch(branch: string, remote: string): WmsError {
  return new WmsError({
    kind: 'ci/no-branch',
    code: EXIT.usage,
    what: `${remote} has no branch ${branch}.`,
    why: 'It was merged and deleted, or never pushed.',
    next: `git ls-remote --heads ${remote} "data/*"`,
  });
}
