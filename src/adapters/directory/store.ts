import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isWmsError } from '../../errors.js';
import { type ObjectId, type ObjectStore, objectKey } from '../../ports/object-store.js';
import { isObject, isSound, objectCorrupt, objectMissing, wrongBytes } from '../object-errors.js';
import { directoryError } from './errors.js';
import { ObjectWriter } from './writer.js';

export interface DirectoryStoreOptions {
  /** Absolute. Created by the first `put` when it is not there. */
  readonly path: string;
  /** New directories are writable by the group (DVC's `shared = group`). */
  readonly shared?: boolean;
}

/** A directory in the layout of DVC's local remotes. */
export function openDirectoryStore({ path: root, shared = false }: DirectoryStoreOptions): ObjectStore {
  const writer = new ObjectWriter(root, shared);
  const fileOf = (id: ObjectId) => path.join(root, objectKey(id));

  return {
    url: root,

    async get(id, { signal, unchecked } = {}) {
      signal?.throwIfAborted();
      const bytes = await readFile(fileOf(id), { signal }).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw isAbsent(error)
          ? objectMissing(id, root)
          : directoryError(error, `read the object ${id}`, root);
      });
      if (!unchecked && !isObject(id, bytes)) throw objectCorrupt(id, fileOf(id));
      return bytes;
    },

    async has(id, { signal } = {}) {
      signal?.throwIfAborted();
      return (await sizeOf(id)) !== null;
    },

    async put(id, bytes, { signal, checked } = {}) {
      signal?.throwIfAborted();
      if (!checked && !isObject(id, bytes)) throw wrongBytes(id);
      const size = await sizeOf(id);
      if (size !== null) {
        if (size !== bytes.length) throw objectCorrupt(id, fileOf(id));
        return 'present';
      }
      try {
        return await writer.write(fileOf(id), bytes, signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw isWmsError(error) ? error : directoryError(error, `store the object ${id}`, root);
      }
    },

    async replace(id, bytes, { signal } = {}) {
      signal?.throwIfAborted();
      if (!isObject(id, bytes)) throw wrongBytes(id);
      if (await isSound(this, id, { signal })) return 'present';
      try {
        return await writer.replace(fileOf(id), bytes, signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw directoryError(error, `replace the object ${id}`, root);
      }
    },
  };

  async function sizeOf(id: ObjectId): Promise<number | null> {
    try {
      return (await stat(fileOf(id))).size;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw directoryError(error, `look for the object ${id}`, root);
    }
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
