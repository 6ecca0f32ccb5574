import type { PairCounts } from './merge-plan.js';

export function describeCounts({ existing, new: added, replaced, total }: PairCounts): string {
  return `Existing: ${existing}, New: ${added}, Replaced: ${replaced}, Total: ${total}`;
}

const pairs = (count: number): string => `${count} pair${count === 1 ? '' : 's'}`;

/**
 * Message of the commit that moves the pointers. Counts and branch are for `wms data log`: merged by squash or rebase,
 * a commit keeps its message, and nothing else that tells where it came from.
 */
export function pointerCommitMessage(counts: PairCounts, branch: string): string {
  const parts = [
    counts.new > 0 ? `add ${pairs(counts.new)}` : '',
    counts.replaced > 0 ? `replace ${pairs(counts.replaced)}` : '',
  ].filter((part) => part !== '');
  const subject = parts.length === 0 ? 'update the dataset' : parts.join(', ');
  return `data: ${subject} (${counts.total} in total)\n\n${describeCounts(counts)}\n\nData-Branch: ${branch}\n`;
}

/** In pairs, as the message of a pointer commit tells them. */
export type PublishedCounts = Pick<PairCounts, 'new' | 'replaced' | 'total'>;

/** Null: this is no message of `pointerCommitMessage`. */
export function publishedCounts(message: string): PublishedCounts | null {
  const [, added, replaced, total] =
    /^Existing: \d+, New: (\d+), Replaced: (\d+), Total: (\d+)$/m.exec(message) ?? [];
  if (added === undefined) return null;
  return { new: Number(added), replaced: Number(replaced), total: Number(total) };
}

/** The data branch that a message names, or null. */
export function branchOfMessage(message: string): string | null {
  return /^Data-Branch: (\S+)$/m.exec(message)?.[1] ?? null;
}
