import { chmod, lstat, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import { EXIT, WmsError } from '../../errors.js';
import type { CallOptions } from '../../ports/object-store.js';
import {
  type NotRemoved,
  refuseForeignKeys,
  type StoreCleaner,
  type StoredKey,
} from '../../ports/store-cleaner.js';
import { directoryError } from './errors.js';
import type { DirectoryStoreOptions } from './store.js';
import { ObjectWriter } from './writer.js';

const AT_ONCE = 32;
const DENIED = ['EACCES', 'EPERM', 'EROFS'];

export function openDirectoryCleaner({ path: root, shared = false }: DirectoryStoreOptions): StoreCleaner {
  const limit = pLimit(AT_ONCE);

  return {
    async *list(prefix, { signal } = {}) {
      const now = await new ObjectWriter(root, shared).now();
      yield* below(prefix.replace(/\/$/, ''), now, signal);
    },

    async remove(keys: readonly string[], { signal }: CallOptions = {}): Promise<NotRemoved[]> {
      refuseForeignKeys(keys);
      const left: NotRemoved[] = [];
      const removeOne = async (key: string): Promise<void> => {
        signal?.throwIfAborted();
        const file = path.join(root, key);
        // Windows does not delete files without write permission.
        if (process.platform === 'win32') await chmod(file, 0o644).catch(() => undefined);
        await unlink(file).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return;
          if (DENIED.includes(error.code ?? '')) throw deleteDenied(root, error);
          left.push({ key, reason: error.message });
        });
      };
      await Promise.all(keys.map((key) => limit(removeOne, key)));
      return left;
    },
  };

  async function* below(
    key: string,
    now: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<StoredKey> {
    signal?.throwIfAborted();
    const found = await readdir(path.join(root, key), { withFileTypes: true }).catch(absent);
    if (found === null) return;
    const files = found.filter((entry) => entry.isFile()).map(({ name }) => `${key}/${name}`);
    const look = async (file: string): Promise<StoredKey[]> => {
      const facts = await lstat(path.join(root, file)).catch(absent);
      return facts === null ? [] : [{ key: file, bytes: facts.size, age: now - facts.mtimeMs }];
    };
    yield* (await Promise.all(files.map((file) => limit(look, file)))).flat();
    for (const entry of found) if (entry.isDirectory()) yield* below(`${key}/${entry.name}`, now, signal);
  }

  /** What is gone meanwhile is not there. */
  function absent(error: NodeJS.ErrnoException): null {
    if (error.code === 'ENOENT') return null;
    throw directoryError(error, 'list its files', root);
  }
}

function deleteDenied(root: string, cause: NodeJS.ErrnoException): WmsError {
  return new WmsError({
    kind: 'store/delete-denied',
    code: EXIT.credentials,
    what: `You have no permission to delete objects of the store ${root}.`,
    why: `The file system does not let you do that (${cause.code}: ${cause.path}).`,
    next: `Ask the owner of ${root} to run this, or for permission to write in its directories.`,
    cause,
  });
}
