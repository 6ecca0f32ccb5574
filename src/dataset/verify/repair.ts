import { readFile } from 'node:fs/promises';
import { md5Of } from '../../md5.pure.js';
import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import { forEachBounded } from '../bounded.js';
import type { ObjectCache } from '../cache/cache.js';
import type { Fault } from '../fetch-object.js';

/**
 * Puts objects back whose bytes are in the cache or in one of the files that the dataset has them as. Answers those
 * that it could put back.
 */
export async function repairObjects(
  store: ObjectStore,
  cache: ObjectCache,
  faults: ReadonlyMap<ObjectId, Fault>,
  filesOf: (id: ObjectId) => readonly string[],
): Promise<Set<ObjectId>> {
  const repaired = new Set<ObjectId>();
  await forEachBounded(faults, async ([id, fault], signal) => {
    const bytes = (await cache.read(id)) ?? (await bytesInFiles(id, filesOf(id)));
    if (bytes === null) return 0;
    if (fault === 'corrupt') await store.replace(id, bytes, { signal });
    else await store.put(id, bytes, { signal });
    repaired.add(id);
    return bytes.length;
  });
  return repaired;
}

async function bytesInFiles(id: ObjectId, files: readonly string[]): Promise<Buffer | null> {
  for (const file of files) {
    const bytes = await readFile(file).catch(() => null);
    if (bytes !== null && md5Of(bytes) === id) return bytes;
  }
  return null;
}
