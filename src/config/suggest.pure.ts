import type { SchemaNode } from './json-schema.js';

/** How many single characters must be changed to make one text of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function pathsOf(node: SchemaNode, above: string[] = []): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const path = [...above, key];
    return [path, ...pathsOf(child, path)];
  });
}

/** The known setting that somebody who wrote `key` below `parent` probably meant, as a dotted path; or null. */
export function didYouMean(schema: SchemaNode, parent: readonly string[], key: string): string | null {
  const candidates = pathsOf(schema).map((path) => {
    const siblings = path.slice(0, -1).join('.') === parent.join('.');
    const far = distance(key.toLowerCase(), (path.at(-1) ?? '').toLowerCase());
    return { path, far, rank: far + (siblings ? 0 : 0.5) };
  });
  const near = candidates.filter(
    ({ far }) => far <= (key.length < 4 ? 1 : Math.max(2, Math.floor(key.length / 3))),
  );
  const best = near.sort((a, b) => a.rank - b.rank)[0];
  return best?.path.join('.') ?? null;
}
