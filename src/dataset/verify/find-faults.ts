import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import { forEachBounded } from '../bounded.js';
import { type Fault, fetchObject } from '../fetch-object.js';

export interface FaultSearch {
  /** Read every object and compare its MD5, instead of asking whether it is there. */
  readonly deep: boolean;
  /** Called after each object, with the bytes that were read. */
  readonly checked: (bytes: number) => void;
}

/** Which of these objects the store lacks, or has with other bytes. Memory stays bounded. */
export async function findFaults(
  store: ObjectStore,
  ids: Iterable<ObjectId>,
  { deep, checked }: FaultSearch,
): Promise<Map<ObjectId, Fault>> {
  const faults = new Map<ObjectId, Fault>();
  await forEachBounded(ids, async (id, signal) => {
    if (!deep) {
      if (!(await store.has(id, { signal }))) faults.set(id, 'missing');
      checked(0);
      return 0;
    }
    const bytes = await fetchObject(store, id, signal);
    if (typeof bytes === 'string') faults.set(id, bytes);
    const size = typeof bytes === 'string' ? 0 : bytes.length;
    checked(size);
    return size;
  });
  return faults;
}
