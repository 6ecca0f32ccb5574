import { type ChangeKind, diffDatasets } from '../dataset/diff/pair-diff.pure.js';
import type { DatasetManifests } from '../dataset/merge-plan.js';

/** What a data branch does to the dataset, in pairs. */
export interface BranchCounts {
  readonly existing: number;
  readonly new: number;
  readonly replaced: number;
  readonly removed: number;
  readonly renamed: number;
  readonly total: number;
}

export function countChanges(before: DatasetManifests, after: DatasetManifests): BranchCounts {
  const { total, pairs } = diffDatasets(before, after);
  const of = (kind: ChangeKind) => pairs.filter(({ change }) => change === kind).length;
  return {
    existing: total.before,
    new: of('added'),
    replaced: of('replaced'),
    removed: of('removed'),
    renamed: of('renamed'),
    total: total.after,
  };
}

/** One line, as the hook says it. */
export function tellCounts(counts: BranchCounts): string {
  const { existing, new: added, replaced, removed, renamed, total } = counts;
  const rare = [
    removed === 0 ? '' : `, Removed: ${removed}`,
    renamed === 0 ? '' : `, Renamed: ${renamed}`,
  ].join('');
  return `Existing: ${existing}, New: ${added}, Replaced: ${replaced}${rare}, Total: ${total}`;
}
