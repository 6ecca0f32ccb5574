import { renderCommit } from '../commits/render-commit.pure.js';
import type { Oid } from '../ports/git-repository.js';
import type { CiTools } from './tools.js';

export interface MergeCommit {
  readonly tree: Oid;
  /** Texts of files that take the place of what the tree has. */
  readonly files: ReadonlyMap<string, string>;
  readonly parents: readonly Oid[];
  readonly message: string;
}

/** Writes a commit; no ref, index or working tree changes. */
export async function commitOnto({ git, clock }: CiTools, merge: MergeCommit): Promise<Oid> {
  const { files, parents, message } = merge;
  const when = clock.now();
  const edits = await Promise.all(
    [...files].map(async ([path, text]) => ({
      path,
      entry: { mode: '100644', oid: await git.writeBlob(Buffer.from(text)) },
    })),
  );
  const [author, committer] = await Promise.all([
    git.personIdent('author', when),
    git.personIdent('committer', when),
  ]);
  const writer = await git.openTreeWriter();
  try {
    const tree = await writer.write(merge.tree, edits);
    return await git.writeCommit(renderCommit({ tree, parents, author, committer, message }));
  } finally {
    await writer.close();
  }
}
