import { commitFiles, type FileChanges } from '../../commits/commit-files.js';
import { fetchRefTip } from '../../commits/fetch-ref-tip.js';
import { isBranchName } from '../../config/branch-name.pure.js';
import type { Clock } from '../../ports/clock.js';
import type { GitRepository, MergedTree, Oid } from '../../ports/git-repository.js';
import type { Timing } from '../../ports/timing.js';
import { badBranchName, busy } from './errors.js';

export interface PlainGit {
  readonly git: GitRepository;
  readonly remote: string;
  readonly clock: Clock;
  readonly timing: Timing;
}

const TRIES = 5;

export function branchRef(branch: string): string {
  if (!isBranchName(branch)) throw badBranchName(branch);
  return `refs/heads/${branch}`;
}

/** What merging the two commits makes; null: they have no commit in common. */
export async function mergedTree({ git }: PlainGit, base: Oid, head: Oid): Promise<MergedTree | null> {
  const common = await git.mergeBase(base, head);
  if (common === null) return null;
  if (common === base) return { tree: await git.treeOf(head), conflicts: [] };
  return git.mergeTrees(common, base, head);
}

/** Tries `attempt` again, as long as it says that somebody else was faster (null). */
export async function untilFirst<T>(
  { timing }: PlainGit,
  ref: string,
  attempt: () => Promise<T | null>,
): Promise<T> {
  for (let next = 1; next <= TRIES; next += 1) {
    if (next > 1) await timing.sleep(timing.random() * 100 * 2 ** next);
    const result = await attempt();
    if (result !== null) return result;
  }
  throw busy(ref, TRIES);
}

/** Changes files of the commit that `ref` names on the remote; nothing is pushed when they are so already. */
export async function editRef(
  place: PlainGit,
  ref: string,
  message: string,
  make: (tip: Oid | null) => Promise<FileChanges>,
): Promise<void> {
  const { git, remote, clock } = place;
  await untilFirst(place, ref, async () => {
    const tip = await fetchRefTip(git, remote, ref);
    const commit = await commitFiles(git, tip, await make(tip), { message, when: clock.now() });
    if (tip !== null && (await git.treeOf(tip)) === (await git.treeOf(commit))) return true;
    return (await git.pushRef(remote, commit, ref, tip)) === 'pushed' ? true : null;
  });
}
