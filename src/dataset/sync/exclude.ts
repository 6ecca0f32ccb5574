import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../clone/write-atomically.js';
import type { GitRepository } from '../../ports/git-repository.js';
import { excludeFiles } from './exclude.pure.js';

/** Lets `git status` leave out exactly these files: not their directories, where new photos are to be seen. */
export async function leaveOutOfStatus(git: GitRepository, files: readonly string[]): Promise<void> {
  const path = await git.gitPath('info/exclude');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  // All working trees of the clone share the list.
  const tops = (await git.worktrees()).map((worktree) => worktree.path);
  const isThere = (file: string) => [git.topLevel, ...tops].some((top) => existsSync(join(top, file)));
  const changed = excludeFiles(text, files, isThere);
  if (changed !== text) await writeFileAtomically(path, changed);
}
