import { hash } from 'node:crypto';
import { EXIT, isWmsError, WmsError } from '../errors.js';
import type { CallOptions, ObjectId, ObjectStore } from '../ports/object-store.js';

/** Whether the bytes are the object's: its name starts with their MD5. */
export function isObject(id: ObjectId, bytes: Buffer): boolean {
  return hash('md5', bytes) === id.slice(0, 32);
}

/** Whether the store has the object with the bytes that its name promises. */
export async function isSound(store: ObjectStore, id: ObjectId, options: CallOptions): Promise<boolean> {
  try {
    await store.get(id, options);
    return true;
  } catch (error) {
    if (isWmsError(error, 'store/object-missing') || isWmsError(error, 'store/object-corrupt')) return false;
    throw error;
  }
}

export function objectMissing(id: ObjectId, url: string): WmsError {
  return new WmsError({
    kind: 'store/object-missing',
    code: EXIT.network,
    what: `The object ${id} is not in the store ${url}.`,
    next: 'Ask whoever published it to push it again, or check the store in .dvc/config.',
  });
}

export function wrongBytes(id: ObjectId): WmsError {
  return new WmsError({
    kind: 'store/wrong-bytes',
    code: EXIT.network,
    what: `The bytes for the object ${id} changed before they were stored.`,
    why: 'Their MD5 is not the name of the object any more. Nothing was stored.',
    next: 'Push again.',
  });
}

/** `place` is the object's full path or URL. */
export function objectCorrupt(id: ObjectId, place: string): WmsError {
  return new WmsError({
    kind: 'store/object-corrupt',
    code: EXIT.network,
    what: `The object ${id} in the store is damaged.`,
    why: `What is at ${place} is not what was stored.`,
    next: 'Move it away there, then publish its image or mask again.',
  });
}
