import { readFile, writeFile } from 'node:fs/promises';
import type { GitRepository } from '../ports/git-repository.js';
import { placeFile } from './local-files.js';

const BEGIN = '# >>> wms data pull: the dataset; npx wms add stages new files all the same >>>';
const END = '# <<< wms data pull <<<';
const BLOCK = /(^|\n)# >>> wms data pull[^\n]*\n([\s\S]*?)# <<< wms data pull <<<(?=\n|$)/;

/**
 * Adds patterns to our block in the clone's `info/exclude`, so that Git shows no dataset files as untracked. What the
 * block has stays, and so does every other line. True when something was added.
 */
export async function addToExclude(git: GitRepository, patterns: readonly string[]): Promise<boolean> {
  const file = await git.gitPath('info/exclude');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const changed = withPatterns(text, patterns);
  if (changed === text) return false;
  await placeFile(file, (temporary) => writeFile(temporary, changed));
  return true;
}

/** Everything below a directory of the repository. */
export function directoryPattern(directory: string): string {
  return `/${directory.replace(/[\\*?[\]]/g, '\\$&').replace(/ $/, '\\ ')}/`;
}

/** Text of an `info/exclude` whose block has these patterns, too. Pure. */
export function withPatterns(text: string, patterns: readonly string[]): string {
  const present = (BLOCK.exec(text)?.[2] ?? '').split('\n').filter((line) => line !== '');
  const missing = patterns.filter((pattern) => !present.includes(pattern));
  if (missing.length === 0) return text;
  const block = [BEGIN, ...present, ...new Set(missing), END].join('\n');
  if (BLOCK.test(text)) return text.replace(BLOCK, (_, before: string) => `${before}${block}`);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block}\n`;
}
