import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRepository } from '../ports/git-repository.js';
import { type ExcludeBlock, withBlock } from './exclude.pure.js';
import { placeContent } from './place-file.js';

/** Changes our patterns in the clone's `info/exclude`, which all its working trees share. */
export async function changeExclude(
  git: GitRepository,
  block: ExcludeBlock,
  change: (patterns: readonly string[]) => readonly string[],
): Promise<void> {
  const file = join(git.commonDir, 'info', 'exclude');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const changed = withBlock(text, block, change);
  if (changed !== text) await placeContent(file, changed);
}
