import { ROLES } from '../../config/schema.js';
import type { PublishedCounts } from '../commit-message.pure.js';
import type { Version } from './versions.js';

/** In pairs. */
export interface VersionChanges {
  readonly new: number;
  readonly replaced: number;
  readonly removed: number;
  readonly renamed: number;
}

export interface VersionCounts {
  /** Pairs in the version. With `countedFrom` `pointers` there are at most so many; null: unknown. */
  readonly pairs: number | null;
  /** Against the parent. Null: unknown, or a merge, whose changes are those of the commits that it merges. */
  readonly changes: VersionChanges | null;
  readonly countedFrom: 'message' | 'manifests' | 'pointers' | null;
}

export const NO_CHANGES: VersionChanges = { new: 0, replaced: 0, removed: 0, renamed: 0 };

/**
 * Counts that a publish wrote into the message, if they are those of this commit still: a rebase onto other pairs, or a
 * merge in between, keeps the message and changes the version. The pointers tell, when all files are in pairs. Null:
 * only the manifests can tell. `parent` null: a shallow clone does not have it.
 */
export function countsFromMessage(
  counts: PublishedCounts | null,
  version: Version,
  parent: Version | null,
): VersionCounts | null {
  if (counts === null) return null;
  const holds = (some: Version, pairs: number) =>
    ROLES.every((role) => (some.pointers[role] === null ? 0 : some.pointers[role].nfiles) === pairs);
  const adds = counts.existing + counts.new - counts.removed === counts.total;
  if (!adds || !holds(version, counts.total) || (parent !== null && !holds(parent, counts.existing)))
    return null;
  const { new: added, replaced, removed, total } = counts;
  return { pairs: total, changes: { ...NO_CHANGES, new: added, replaced, removed }, countedFrom: 'message' };
}

/** What is known without the manifests: how many pairs there can be at most. */
export function countsFromPointers(
  { pointers, problem }: Version,
  changes: VersionChanges | null,
): VersionCounts {
  const { images, masks } = pointers;
  if (problem !== null) return { pairs: null, changes: null, countedFrom: null };
  if (images === null || masks === null) return { pairs: 0, changes, countedFrom: 'pointers' };
  if (images.nfiles === undefined || masks.nfiles === undefined)
    return { pairs: null, changes, countedFrom: null };
  return { pairs: Math.min(images.nfiles, masks.nfiles), changes, countedFrom: 'pointers' };
}
