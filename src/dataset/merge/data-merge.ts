import { undecidedSettings } from '../../config/merge-driver.pure.js';
import { EXIT, WmsError } from '../../errors.js';
import type { StoppedMerge } from '../../ports/stopped-merge.js';
import { resolveRevision } from '../revision.js';
import type { Side } from '../three-way.js';
import { type ResolvedPointer, resolveStopped } from './resolve.js';
import type { MergeTools } from './tools.js';

export interface DataMergeOptions {
  /** Null: what has stopped here is merged. */
  readonly revision: string | null;
  /** Whose version of a pair to keep when both sides changed it. */
  readonly take: Side | null;
}

export interface DataMergeOutcome {
  readonly outcome: 'merged' | 'fast-forward' | 'up-to-date' | 'resolved' | 'nothing-to-do';
  readonly pointers: readonly ResolvedPointer[];
  /** Other files that are still in conflict. */
  readonly undecided: readonly string[];
  /** What to run now, or null. */
  readonly next: string | null;
}

/**
 * Merges a revision into the current branch as `git merge` does, pointers by content; or the pointers of a merge, rebase,
 * cherry-pick or revert that has stopped. Throws WmsError: `merge/conflict` and other kinds with exit code 6, the errors
 * of Git and of the store.
 */
export async function mergeData(tools: MergeTools, options: DataMergeOptions): Promise<DataMergeOutcome> {
  const stopped = await tools.merging.stopped();
  if (options.revision === null) return finishStopped(tools, stopped, options.take);
  return mergeRevision(tools, stopped, options.revision, options.take);
}

async function mergeRevision(
  tools: MergeTools,
  stopped: StoppedMerge | null,
  revision: string,
  take: Side | null,
): Promise<DataMergeOutcome> {
  const { git, merging } = tools;
  const theirs = await resolveRevision(git, revision);
  const outcome = { pointers: [], undecided: [], next: null };
  if (stopped === null) {
    const head = await git.resolveCommit('HEAD');
    if (head !== null && (await git.isAncestor(theirs, head))) return { ...outcome, outcome: 'up-to-date' };
    const name = (await git.resolveCommit(revision)) === null ? theirs : revision;
    await merging.merge(name, undecidedSettings(tools.driver));
    if (head === null || (await git.isAncestor(head, theirs))) return { ...outcome, outcome: 'fast-forward' };
  } else if (stopped.name !== 'merge' || stopped.theirs !== theirs) throw unfinished(stopped.name);
  const pointers = await resolveStopped(tools, await merging.stopped(), { take, isFresh: stopped === null });
  const undecided = (await merging.unmerged()).map(({ path }) => path);
  if (undecided.length > 0) throw otherConflicts(undecided);
  await merging.commit();
  return { outcome: 'merged', pointers, undecided, next: null };
}

async function finishStopped(
  tools: MergeTools,
  stopped: StoppedMerge | null,
  take: Side | null,
): Promise<DataMergeOutcome> {
  const pointers = await resolveStopped(tools, stopped, { take, isFresh: false });
  if (stopped === null && pointers.length === 0) throw nothingStopped();
  const undecided = (await tools.merging.unmerged()).map(({ path }) => path);
  const next = stopped === null ? 'git commit' : `git ${stopped.name} --continue`;
  return { outcome: pointers.length === 0 ? 'nothing-to-do' : 'resolved', pointers, undecided, next };
}

function unfinished(name: string): WmsError {
  return new WmsError({
    kind: 'merge/unfinished',
    code: EXIT.usage,
    what: `A ${name} is not finished here.`,
    next: `Merge its pointers: npx wms data merge. Or give it up: git ${name} --abort`,
  });
}

function nothingStopped(): WmsError {
  return new WmsError({
    kind: 'merge/nothing-stopped',
    code: EXIT.usage,
    what: 'No merge has stopped here.',
    next: 'Name what to merge into the current branch: npx wms data merge origin/main',
  });
}

function otherConflicts(paths: readonly string[]): WmsError {
  return new WmsError({
    kind: 'merge/other-conflicts',
    code: EXIT.conflict,
    what: 'The dataset is merged, but other files are in conflict.',
    why: paths.join('\n'),
    next: 'Edit and git add them, then: git merge --continue. Or give up: git merge --abort',
  });
}
