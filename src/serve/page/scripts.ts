import { existsSync, readFileSync } from 'node:fs';

const NAMES = ['main', 'ask', 'elements', 'overlay', 'photo-input', 'words.pure'] as const;

/** What the page runs, by file name: built, also when this module runs from its TypeScript source. */
export function readScripts(): ReadonlyMap<string, string> {
  const folder = ['./browser/', '../../../dist/serve/page/browser/']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(new URL('main.js', url)));
  if (folder === undefined) throw new Error("the page's scripts are not built");
  return new Map(NAMES.map((name) => [`${name}.js`, readFileSync(new URL(`${name}.js`, folder), 'utf8')]));
}
