import type { Oid } from '../ports/git-repository.js';

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
