import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import { type Fault, fetchObject } from '../fetch-object.js';
import type { ObjectCache } from './cache.js';

/** An object from the cache, else from the store; then the cache has it. Or why it cannot be had. */
export async function readObject(
  id: ObjectId,
  cache: ObjectCache,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly isFetched: boolean } | Fault> {
  const cached = await cache.read(id);
  if (cached !== null) return { bytes: cached, isFetched: false };
  const bytes = await fetchObject(store, id, signal);
  if (typeof bytes === 'string') return bytes;
  cache.write(id, bytes);
  return { bytes, isFetched: true };
}
