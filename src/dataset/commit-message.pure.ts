import type { PairCounts } from './merge-plan.js';

export function describeCounts({ existing, new: added, replaced, removed, total }: PairCounts): string {
  const gone = removed === 0 ? '' : `, Removed: ${removed}`;
  return `Existing: ${existing}, New: ${added}, Replaced: ${replaced}${gone}, Total: ${total}`;
}

const pairs = (count: number): string => `${count} pair${count === 1 ? '' : 's'}`;

/**
 * Message of the commit that moves the pointers. Counts and branch are for `wms data log`: merged by squash or rebase,
 * a commit keeps its message, and nothing else that tells where it came from. `reason` is a paragraph of its own.
 */
export function pointerCommitMessage(
  counts: PairCounts,
  branch: string,
  reason: string | null = null,
): string {
  const parts = [
    counts.new > 0 ? `add ${pairs(counts.new)}` : '',
    counts.replaced > 0 ? `replace ${pairs(counts.replaced)}` : '',
    counts.removed > 0 ? `remove ${pairs(counts.removed)}` : '',
  ].filter((part) => part !== '');
  const subject = parts.length === 0 ? 'update the dataset' : parts.join(', ');
  const paragraphs = [
    `data: ${subject} (${counts.total} in total)`,
    ...(reason === null ? [] : [reason]),
    describeCounts(counts),
    `Data-Branch: ${branch}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

/** In pairs, as the message of a pointer commit tells them. */
export type PublishedCounts = Pick<PairCounts, 'new' | 'replaced' | 'removed' | 'total'>;

/** Null: this is no message of `pointerCommitMessage`. */
export function publishedCounts(message: string): PublishedCounts | null {
  const [, added, replaced, removed = 0, total] =
    /^Existing: \d+, New: (\d+), Replaced: (\d+)(?:, Removed: (\d+))?, Total: (\d+)$/m.exec(message) ?? [];
  if (added === undefined) return null;
  return {
    new: Number(added),
    replaced: Number(replaced),
    removed: Number(removed),
    total: Number(total),
  };
}

/** The data branch that a message names, or null. */
export function branchOfMessage(message: string): string | null {
  return /^Data-Branch: (\S+)$/m.exec(message)?.[1] ?? null;
}
