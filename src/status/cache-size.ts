import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Objects to look at one by one. MD5s are spread evenly over the directories: some of them stand for all. */
const LOOKED_AT = 20_000;

export interface CacheSize {
  readonly directory: string;
  readonly objects: number;
  readonly bytes: number;
  /** Only part of the objects was looked at. */
  readonly isEstimate: boolean;
}

/** What the cache of objects takes on disk. Zero where there is none. */
export function cacheSize(directory: string): CacheSize {
  const top = join(directory, 'files/md5');
  let objects = 0;
  let lookedAt = 0;
  let bytes = 0;
  for (const name of namesIn(top)) {
    const names = namesIn(join(top, name));
    objects += names.length;
    if (lookedAt >= LOOKED_AT) continue;
    lookedAt += names.length;
    for (const object of names) bytes += sizeOf(join(top, name, object));
  }
  const isEstimate = lookedAt < objects;
  return {
    directory,
    objects,
    bytes: isEstimate ? Math.round((bytes / lookedAt) * objects) : bytes,
    isEstimate,
  };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Somebody may remove it meanwhile. */
function sizeOf(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
