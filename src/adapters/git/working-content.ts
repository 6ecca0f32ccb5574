import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change, Oid } from '../../ports/git-repository.js';
import type { Git } from './git.js';

/** `part`: the file holds the beginning of what Git would write there. */
type Content = 'same' | 'part' | 'other' | 'absent';

/** What the working tree has at each path, against what checking `commit` out would write there. */
export async function compareWithCommit(
  git: Git,
  topLevel: string,
  commit: Oid,
  changes: readonly Change[],
): Promise<Map<string, Content>> {
  const found = new Map<string, Content>();
  for (const change of changes) found.set(change.path, await compare(git, topLevel, commit, change));
  return found;
}

async function compare(git: Git, topLevel: string, commit: Oid, { path, newMode }: Change): Promise<Content> {
  const file = join(topLevel, path);
  const stat = await lstat(file).catch(() => null);
  if (stat === null) return 'absent';
  if (stat.isSymbolicLink() && newMode === '120000') {
    const wanted = await git.run(['cat-file', 'blob', `${commit}:${path}`]);
    return (await readlink(file, 'buffer')).equals(wanted.stdout) ? 'same' : 'other';
  }
  if (!stat.isFile() || !newMode.startsWith('100')) return 'other';
  const written = (await git.run(['cat-file', '--filters', `${commit}:${path}`])).stdout;
  const bytes = await readFile(file);
  if (bytes.equals(written)) return 'same';
  return written.subarray(0, bytes.length).equals(bytes) ? 'part' : 'other';
}
