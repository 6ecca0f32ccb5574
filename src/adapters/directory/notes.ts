import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { noteKey, type StoreNotes } from '../../ports/store-notes.js';
import { directoryError } from './errors.js';
import { lockName, withNoteLock } from './note-lock.js';
import type { DirectoryStoreOptions } from './store.js';
import { ObjectWriter } from './writer.js';

export function openDirectoryNotes({ path: root, shared = false }: DirectoryStoreOptions): StoreNotes {
  const writer = new ObjectWriter(root, shared);
  const fileOf = (name: string) => path.join(root, noteKey(name));
  const fails =
    (doing: string, signal: AbortSignal | undefined) =>
    (error: unknown): never => {
      signal?.throwIfAborted();
      throw directoryError(error, doing, root);
    };
  const contentOf = (name: string, signal: AbortSignal | undefined): Promise<Buffer | null> =>
    readFile(fileOf(name), { signal }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  const replaceUnderLock = async (
    name: string,
    expected: Buffer,
    bytes: Buffer,
    signal: AbortSignal | undefined,
  ): Promise<boolean> => {
    const lock = path.join(await writer.temporaryDirectory(), lockName(name));
    return withNoteLock(lock, signal, async (isOurs) => {
      const found = await contentOf(name, signal);
      if (!found?.equals(expected) || !(await isOurs())) return false;
      await writer.replace(fileOf(name), bytes, signal);
      return true;
    });
  };
  return {
    async read(name, { signal } = {}) {
      signal?.throwIfAborted();
      return contentOf(name, signal).catch(fails(`read the note ${name}`, signal));
    },

    async create(name, bytes, { signal } = {}) {
      signal?.throwIfAborted();
      const outcome = await writer
        .write(fileOf(name), bytes, signal)
        .catch(fails(`write the note ${name}`, signal));
      return outcome === 'created';
    },

    async replace(name, expected, bytes, { signal } = {}) {
      signal?.throwIfAborted();
      return replaceUnderLock(name, expected, bytes, signal).catch(fails(`write the note ${name}`, signal));
    },

    async write(name, bytes, { signal } = {}) {
      signal?.throwIfAborted();
      await writer.replace(fileOf(name), bytes, signal).catch(fails(`write the note ${name}`, signal));
    },
  };
}
