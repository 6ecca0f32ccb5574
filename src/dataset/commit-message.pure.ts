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
export type PublishedCounts = Omit<PairCounts, 'unchanged'>;

const COUNTS =
  /^[ \t]*Existing: (\d+), New: (\d+), Replaced: (\d+)(?:, Removed: (\d+))?, Total: (\d+)[ \t]*$/gm;
const TRAILER = /^[ \t]*Data-Branch: (\S+)[ \t]*$/gm;
const MENTION = /\b(data\/\d{8}-\d{6})\b/g;

/**
 * What `pointerCommitMessage` wrote, also from the message of a squash merge, which quotes it. Null: nothing, or the
 * counts of several publishes.
 */
export function publishedCounts(message: string): PublishedCounts | null {
  const [told, ...others] = message.matchAll(COUNTS);
  if (told === undefined || others.length > 0) return null;
  const [existing = 0, added = 0, replaced = 0, removed = 0, total = 0] = told
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  return { existing, new: added, replaced, removed, total };
}

/** The data branches whose pointer commits a message is of, or quotes. */
export function branchesOfMessage(message: string): string[] {
  return distinct(message.matchAll(TRAILER));
}

/**
 * The data branch that a version came from: the one that its message was written for, else the only one that it
 * mentions (`Merge pull request #7 from team/data/20261121-101500`). Null: none, or several.
 */
export function originOf(message: string): string | null {
  const written = branchesOfMessage(message);
  const names = written.length > 0 ? written : distinct(message.matchAll(MENTION));
  return names.length === 1 ? (names[0] ?? null) : null;
}

function distinct(matches: Iterable<RegExpMatchArray>): string[] {
  return [...new Set([...matches].map(([, name = '']) => name))];
}
