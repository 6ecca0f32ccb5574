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
  return countInStep(images, masks) ?? countByStems(images, masks);
}

function countByStems(images: Manifest, masks: Manifest): number {
  const stems = new Set<string>();
  for (const { relpath } of masks) stems.add(stemOf(relpath));
  let pairs = 0;
  for (const { relpath } of images) if (stems.delete(stemOf(relpath))) pairs++;
  return pairs;
}

/**
 * Almost always both are in the same order, and one walk through them takes a fraction of the time. Null where it cannot
 * be sure: with dots in paths, or without extensions, files of one stem need not stand together; and a stem may be
 * passed by on both sides.
 */
function countInStep(images: Manifest, masks: Manifest): number | null {
  const passed = { images: new Set<string>(), masks: new Set<string>() };
  let pairs = 0;
  let last: string | null = null;
  let at = 0;
  for (const { relpath } of images) {
    const stem = stemOf(relpath);
    if (stem === relpath || stem.includes('.')) return null;
    let mask = masks[at];
    while (
      mask !== undefined &&
      stemOf(mask.relpath) !== stem &&
      compareCodePoints(mask.relpath, relpath) < 0
    ) {
      passed.masks.add(stemOf(mask.relpath));
      mask = masks[++at];
    }
    if (mask === undefined || stemOf(mask.relpath) !== stem) passed.images.add(stem);
    else if (stem !== last) {
      pairs++;
      at++;
      last = stem;
    }
  }
  for (const { relpath } of masks.slice(at)) passed.masks.add(stemOf(relpath));
  for (const stem of passed.masks) if (passed.images.has(stem)) return null;
  return pairs;
}
