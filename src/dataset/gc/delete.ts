import type { NotRemoved, StoreCleaner, StoredKey } from '../../ports/store-cleaner.js';
import type { Fence } from '../claims/while-cleaning.js';
import { type Amount, NOTHING, plus } from './decide.pure.js';

const KEYS_AT_ONCE = 1000;

export interface Deletion {
  readonly deleted: Amount;
  readonly failed: readonly NotRemoved[];
}

/**
 * Manifests go first, because DVC takes one that is in the store as proof that its entries are there, too. If one of
 * them stays, everything else does.
 */
export async function deleteUnused(
  cleaner: StoreCleaner,
  unused: readonly StoredKey[],
  fence: Fence,
  progress: (done: Amount) => void,
): Promise<Deletion> {
  const isManifest = ({ key }: StoredKey): boolean => key.endsWith('.dir');
  const manifests = unused.filter(isManifest);
  const files = unused.filter((found) => !isManifest(found));
  let deleted = NOTHING;
  const failed: NotRemoved[] = [];
  for (const part of [manifests, files]) {
    for (let from = 0; from < part.length; from += KEYS_AT_ONCE) {
      const batch = part.slice(from, from + KEYS_AT_ONCE);
      const signal = await fence();
      const left = await cleaner.remove(
        batch.map(({ key }) => key),
        { signal },
      );
      failed.push(...left);
      const stayed = new Set(left.map(({ key }) => key));
      for (const found of batch) if (!stayed.has(found.key)) deleted = plus(deleted, found);
      progress(deleted);
    }
    if (failed.length > 0) break;
  }
  return { deleted, failed };
}
