import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 86_400_000;

/** Makes everything that a directory store holds look as if it was stored that long ago. */
export function makeOld(store: string, days = 40): void {
  const then = new Date(Date.now() - days * DAY_MS);
  for (const entry of readdirSync(store, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), then, then);
  }
}

/** Keys of the objects that a directory store holds. */
export function objectsIn(store: string): string[] {
  const files = readdirSync(join(store, 'files/md5'), { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(store.length + 1))
    .sort();
}
