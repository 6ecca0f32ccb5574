import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateDirectory } from './state.js';

export interface JournalNames {
  /** Objects that a publish has stored and may count on when it is resumed. */
  readonly objects: readonly string[];
  /** Commits that it was about to push. */
  readonly commits: readonly string[];
}

/** What the journals of publishes in this clone name, of killed ones too. A line that a kill tore names less. */
export async function namesInJournals(commonDir: string): Promise<JournalNames> {
  const directory = join(stateDirectory(commonDir), 'journal');
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  const all = (pattern: RegExp) =>
    texts.flatMap((text) => [...text.matchAll(pattern)].map(([, id = '']) => id));
  return {
    objects: all(/"stored":"([0-9a-f]{32}(?:\.dir)?)"/g),
    commits: all(/"commit":"([0-9a-f]{40,64})"/g),
  };
}
