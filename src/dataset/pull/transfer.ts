import { isWmsError } from '../../errors.js';
import { ownMemory } from '../../own-memory.js';
import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import { forEachBounded } from '../bounded.js';
import type { Fault } from '../fetch-object.js';
import { type FileToWrite, recordName } from './compare.js';
import { lookOf } from './look.js';
import type { PlacingResult } from './place-objects.js';
import type { Placing } from './placing.js';
import type { PullProgress } from './progress.js';
import type { TargetRecord } from './record.js';

/** Damage is believed only when it is met twice. */
const ATTEMPTS = 2;

export interface Transfer {
  readonly store: ObjectStore;
  /** Being opened: the first objects come meanwhile. */
  readonly placing: Promise<Placing>;
  /** False: looking there would be in vain. */
  readonly hasCache: boolean;
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
  const unavailable: string[] = [];
  const changed: string[] = [];
  await forEachBounded(byObject(files), async ([id, places], signal) => {
    const result = await placeObject(id, places, transfer, signal);
    if (typeof result === 'string') {
      unavailable.push(...places.map(({ file, md5 }) => `${file} (${md5} is ${result})`));
      return 0;
    }
    for (const [index, { outcome, look }] of result.placed.entries()) {
      const place = places[index];
      if (place === undefined) throw new Error(`${id} was put where nobody wanted it`);
      if (outcome === 'written') transfer.progress.placed();
      if (outcome === 'changed') changed.push(place.file);
      if (look !== null) transfer.record.see(recordName(place), id, look);
    }
    return result.bytes;
  });
  return { unavailable: unavailable.sort(), changed: changed.sort() };
}

async function placeObject(
  id: ObjectId,
  files: readonly FileToWrite[],
  { store, placing, hasCache, progress, force }: Transfer,
  signal: AbortSignal,
): Promise<PlacingResult | Fault> {
  const places = files.map(({ role, file, before }) => ({ role, file, before: before && lookOf(before) }));
  const cached = hasCache ? await (await placing).run({ id, bytes: null, places, force }, signal) : null;
  if (cached !== null) return cached;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const bytes = await fetchUnchecked(store, id, signal);
    if (bytes === null) return 'missing';
    const result = await (await placing).run({ id, bytes, places, force }, signal, ownMemory(bytes));
    if (result === null) continue;
    progress.received(result.bytes);
    return result;
  }
  return 'corrupt';
}

/** Whoever places the bytes compares their MD5. Null: the store does not have the object. */
async function fetchUnchecked(store: ObjectStore, id: ObjectId, signal: AbortSignal): Promise<Buffer | null> {
  try {
    return await store.get(id, { signal, unchecked: true });
  } catch (error) {
    if (isWmsError(error, 'store/object-missing')) return null;
    throw error;
  }
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
