import type { GitRepository, Oid, TreeEdit } from '../ports/git-repository.js';
import { type CommitParts, renderCommit } from './render-commit.pure.js';

/** Paths from the top of the repository; null takes a file away. */
export type FileChanges = ReadonlyMap<string, string | Buffer | null>;

/** A commit of `files` on top of `parent` (null: a root commit that holds nothing else). Same input, same commit. */
export async function commitFiles(
  git: GitRepository,
  parent: Oid | null,
  files: FileChanges,
  { message, when }: { readonly message: string; readonly when: Date },
): Promise<Oid> {
  const tree = parent === null ? null : await git.treeOf(parent);
  return commitTree(git, { tree, files, parents: parent === null ? [] : [parent], message, when });
}

export interface NewCommit extends Pick<CommitParts, 'parents' | 'message'> {
  /** Null: nothing but `files`. */
  readonly tree: Oid | null;
  /** Take the place of what the tree has. */
  readonly files: FileChanges;
  readonly when: Date;
}

/** Writes a commit; no ref, index or working tree changes. Same input, same commit. */
export async function commitTree(
  git: GitRepository,
  { tree: base, files, parents, message, when }: NewCommit,
): Promise<Oid> {
  const edits = await Promise.all([...files].map(([path, text]) => editOf(git, path, text)));
  const [author, committer] = await Promise.all([
    git.personIdent('author', when),
    git.personIdent('committer', when),
  ]);
  const writer = await git.openTreeWriter();
  try {
    const tree = await writer.write(base, edits);
    return await git.writeCommit(renderCommit({ tree, parents, author, committer, message }));
  } finally {
    await writer.close();
  }
}

async function editOf(git: GitRepository, path: string, content: string | Buffer | null): Promise<TreeEdit> {
  if (content === null) return { path, entry: null };
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return { path, entry: { mode: '100644', oid: await git.writeBlob(bytes) } };
}
