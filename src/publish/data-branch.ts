import type { PairCounts } from '../dataset/merge-plan.js';
import type { Oid } from '../ports/git-repository.js';

/** `data/YYYYMMDD-HHMMSS`, in UTC. */
export function dataBranchName(when: Date): string {
  const digits = when.toISOString().replace(/[-:T]/g, '');
  return `data/${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}

export function describeCounts({ existing, new: added, replaced, total }: PairCounts): string {
  return `Existing: ${existing}, New: ${added}, Replaced: ${replaced}, Total: ${total}`;
}

const pairs = (count: number): string => `${count} pair${count === 1 ? '' : 's'}`;

/** Message of the commit that moves the pointers. */
export function pointerCommitMessage(counts: PairCounts): string {
  const parts = [
    counts.new > 0 ? `add ${pairs(counts.new)}` : '',
    counts.replaced > 0 ? `replace ${pairs(counts.replaced)}` : '',
  ].filter((part) => part !== '');
  const subject = parts.length === 0 ? 'update the dataset' : parts.join(', ');
  return `data: ${subject} (${counts.total} in total)\n\n${describeCounts(counts)}\n`;
}

export interface CommitParts {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  /** `Name <mail> <seconds> <zone>` */
  readonly author: string;
  readonly committer: string;
  readonly message: string;
}

export function renderCommit({ tree, parents, author, committer, message }: CommitParts): Buffer {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${committer}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${message}`);
}
