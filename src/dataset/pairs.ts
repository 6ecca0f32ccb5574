import { stemOf } from '../stem.js';
import { compareCodePoints } from './code-points.js';
import type { Manifest, ManifestEntry } from './manifest.js';

/** Where `relpath` stands in the manifest, or where it would be put. */
export function indexOf(manifest: Manifest, relpath: string): number {
  let low = 0;
  let high = manifest.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareCodePoints((manifest[middle] as ManifestEntry).relpath, relpath) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the version has exactly these bytes under this name. */
export function hasFile(manifest: Manifest, relpath: string, md5: string): boolean {
  const entry = manifest[indexOf(manifest, relpath)];
  return entry?.relpath === relpath && entry.md5 === md5;
}

/** Found by binary search: names that begin with `stem.` stand together, and a name without extension is itself. */
export function entriesOfStem(manifest: Manifest, stem: string): ManifestEntry[] {
  const found: ManifestEntry[] = [];
  const bare = manifest[indexOf(manifest, stem)];
  if (bare?.relpath === stem && stemOf(stem) === stem) found.push(bare);
  for (let at = indexOf(manifest, `${stem}.`); at < manifest.length; at++) {
    const entry = manifest[at] as ManifestEntry;
    if (!entry.relpath.startsWith(`${stem}.`)) break;
    if (stemOf(entry.relpath) === stem) found.push(entry);
  }
  return found;
}

/** Stems that both directories have. */
export function countPairs(images: Manifest, masks: Manifest): number {
  const stems = new Set<string>();
  for (const { relpath } of masks) stems.add(stemOf(relpath));
  let pairs = 0;
  for (const { relpath } of images) if (stems.delete(stemOf(relpath))) pairs++;
  return pairs;
}
