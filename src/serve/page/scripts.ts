import { readFileSync } from 'node:fs';
import { builtFile } from '../../config/package-root.js';

export const NAMES = ['main', 'ask', 'elements', 'overlay', 'photo-input', 'words.pure'] as const;

/** What the page runs, by file name: built. */
export function readScripts(): ReadonlyMap<string, string> {
  const read = (name: string) => readFileSync(builtFile(`serve/page/browser/${name}`), 'utf8');
  return new Map(NAMES.map((name) => [`${name}.js`, read(`${name}.js`)]));
}
