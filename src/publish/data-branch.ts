import type { Oid } from '../ports/git-repository.js';

/** `data/YYYYMMDD-HHMMSS`, in UTC. */
export function dataBranchName(when: Date): string {
  const digits = when.toISOString().replace(/[-:T]/g, '');
  return `data/${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
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
