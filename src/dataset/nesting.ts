import type { Manifest } from './manifest.js';
import { indexOf } from './pairs.js';

/**
 * An entry that makes `relpath` a file and a directory at once, so that the manifest cannot be checked out; undefined
 * when there is none.
 */
export function nestedWith(manifest: Manifest, relpath: string): string | undefined {
  const parts = relpath.split('/');
  const above = parts
    .map((_, depth) => parts.slice(0, depth).join('/'))
    .find((directory) => manifest[indexOf(manifest, directory)]?.relpath === directory);
  const below = manifest[indexOf(manifest, `${relpath}/`)]?.relpath;
  return above ?? (below?.startsWith(`${relpath}/`) ? below : undefined);
}
