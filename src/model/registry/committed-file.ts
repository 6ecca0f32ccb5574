import { createHash } from 'node:crypto';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import type { ObjectId } from '../../ports/object-store.js';

/** Bytes of the file at `path` in `commit`; null when it is not there. What is there and cannot be read throws. */
export async function readCommitted(git: GitRepository, commit: Oid, path: string): Promise<Buffer | null> {
  const entry = await git.treeEntry(commit, path);
  if (entry === null) return null;
  for await (const { bytes } of git.readObjects([entry.oid])) return bytes;
  throw new Error(`Git answered nothing for ${entry.oid}`);
}

export function objectIdOf(bytes: Buffer): ObjectId {
  return createHash('md5').update(bytes).digest('hex');
}
