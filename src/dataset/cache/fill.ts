import { readFile } from 'node:fs/promises';
import { md5Of } from '../../md5.pure.js';
import type { ObjectId } from '../../ports/object-store.js';
import { forEachBounded } from '../bounded.js';
import type { ObjectCache } from './cache.js';

/**
 * Copies what files have and the cache lacks: DVC takes a version for complete only when the cache has it, and a later
 * change of versions need not fetch it.
 */
export async function fillCache(
  cache: ObjectCache,
  files: readonly { readonly file: string; readonly md5: ObjectId }[],
): Promise<void> {
  await forEachBounded(files, async ({ file, md5 }) => {
    if (await cache.has(md5)) return 0;
    // Gone or changed since it was compared: nothing to keep.
    const bytes = await readFile(file).catch(() => null);
    if (bytes === null || md5Of(bytes) !== md5) return 0;
    cache.write(md5, bytes);
    return bytes.length;
  });
}
