import { isWmsError } from '../errors.js';
import type { ObjectId, ObjectStore } from '../ports/object-store.js';

/** What is wrong with an object in the store. */
export type Fault = 'missing' | 'corrupt';

/** The object's bytes, or why the store does not have them. Damage is believed only when it is met twice. */
export async function fetchObject(
  store: ObjectStore,
  id: ObjectId,
  signal: AbortSignal,
): Promise<Buffer | Fault> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.get(id, { signal });
    } catch (error) {
      if (isWmsError(error, 'store/object-missing')) return 'missing';
      if (!isWmsError(error, 'store/object-corrupt')) throw error;
      if (attempt === 2) return 'corrupt';
    }
  }
}
