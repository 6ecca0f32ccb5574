import type { GitRepository, Oid, TreeEdit } from '../ports/git-repository.js';
import { type CommitParts, renderCommit } from './render-commit.pure.js';

/** Paths from the top of the repository; null takes a file away. */
export type FileChanges = ReadonlyMap<string, string | null>;

/** A commit of `files` on top of `parent` (null: a root commit that holds nothing else). Same input, same commit. */
export async function commitFiles(
  git: GitRepository,
  parent: Oid | null,
  files: FileChanges,
  { message, when }: { readonly message: string; readonly when: Date },
): Promise<Oid> {
  const edits = await Promise.all([...files].map(([path, text]) => editOf(git, path, text)));
  const [base, author, committer] = await Promise.all([
    parent === null ? null : git.treeOf(parent),
    git.personIdent('author', when),
    git.personIdent('committer', when),
  ]);
  const writer = await git.openTreeWriter();
  try {
    const tree = await writer.write(base, edits);
    const parts: CommitParts = {
      tree,
      parents: parent === null ? [] : [parent],
      author,
      committer,
      message,
    };
    return await git.writeCommit(renderCommit(parts));
  } finally {
    await writer.close();
  }
}

async function editOf(git: GitRepository, path: string, text: string | null): Promise<TreeEdit> {
  if (text === null) return { path, entry: null };
  return { path, entry: { mode: '100644', oid: await git.writeBlob(Buffer.from(text)) } };
}
