import { editDistance, slipOf } from '../edit-distance.js';
import type { SchemaNode } from './json-schema.js';

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
    const far = editDistance(key.toLowerCase(), (path.at(-1) ?? '').toLowerCase());
    return { path, far, rank: far + (siblings ? 0 : 0.5) };
  });
  const near = candidates.filter(({ far }) => far <= slipOf(key));
  const best = near.sort((a, b) => a.rank - b.rank)[0];
  return best?.path.join('.') ?? null;
}
