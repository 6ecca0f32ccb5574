import { lstat } from 'node:fs/promises';
import { placeFile } from '../../clone/place-file.js';
import type { Role } from '../../config/schema.js';
import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import { forEachBounded } from '../bounded.js';
import type { ObjectCache } from '../cache/cache.js';
import { Checkout } from '../cache/checkout.js';
import { readObject } from '../cache/read-object.js';
import { type FileToWrite, isAsCompared, md5OfFile, recordName } from './compare.js';
import type { PullProgress } from './progress.js';
import type { TargetRecord } from './record.js';
import type { Target } from './target.js';

interface Transfer {
  readonly store: ObjectStore;
  readonly cache: ObjectCache;
  readonly target: Target;
  readonly record: TargetRecord;
  readonly progress: PullProgress;
  readonly force: boolean;
}

/** Files that are not as wanted, for people. */
export interface NotWritten {
  /** The store has lost or damaged their objects. */
  readonly unavailable: readonly string[];
  /** Somebody wrote there after the comparison. */
  readonly changed: readonly string[];
}

/**
 * Puts files where they are wanted, each object fetched once and only when the cache lacks it. Objects that the store
 * has lost or damaged don't stop the others. Anything else that fails stops all.
 */
export async function transferFiles(files: readonly FileToWrite[], transfer: Transfer): Promise<NotWritten> {
  const checkouts = checkoutsFor(transfer);
  const unavailable: string[] = [];
  const changed: string[] = [];
  await forEachBounded(byObject(files), async ([id, places], signal) => {
    const found = await readObject(id, transfer.cache, transfer.store, signal);
    if (typeof found === 'string') {
      unavailable.push(...places.map(({ file, md5 }) => `${file} (${md5} is ${found})`));
      return 0;
    }
    const { bytes, isFetched } = found;
    if (isFetched) transfer.progress.received(bytes.length);
    for (const place of places) {
      signal.throwIfAborted();
      const isWritten = await checkOut(place, bytes, transfer, checkouts[place.role]);
      if (!isWritten && (await md5OfFile(place.file)) !== id) changed.push(place.file);
    }
    return bytes.length;
  });
  return { unavailable: unavailable.sort(), changed: changed.sort() };
}

function checkoutsFor({ cache, target }: Transfer): Record<Role, Checkout> {
  // A directory of its own must not depend on this clone's cache.
  const types = target.inPlace ? cache.settings.types : (['reflink', 'copy'] as const);
  return { images: new Checkout(types), masks: new Checkout(types) };
}

function byObject(files: readonly FileToWrite[]): Map<ObjectId, FileToWrite[]> {
  const objects = new Map<ObjectId, FileToWrite[]>();
  for (const file of files) {
    const places = objects.get(file.md5);
    if (places === undefined) objects.set(file.md5, [file]);
    else places.push(file);
  }
  return objects;
}

/** False: nothing was written, because something else has come there. */
async function checkOut(
  place: FileToWrite,
  bytes: Buffer,
  { cache, record, progress, force }: Transfer,
  checkout: Checkout,
): Promise<boolean> {
  if (!force && !(await isAsCompared(place))) return false;
  await placeFile(place.file, (temporary) => checkout.make(temporary, cache.pathOf(place.md5), bytes));
  const stats = await lstat(place.file);
  if (stats.isFile()) record.see(recordName(place), place.md5, stats);
  progress.placed();
  return true;
}
