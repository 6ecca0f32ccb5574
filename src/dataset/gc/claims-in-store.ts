import type { ObjectId } from '../../ports/object-store.js';
import { noteKey } from '../../ports/store-notes.js';
import { CLAIM_AGE_MS, CLAIMS, readClaim } from '../claims/claim.js';
import { claimUnreadable } from './refusals.js';
import type { GcTools } from './tools.js';

export interface ClaimsInStore {
  readonly count: number;
  /** Keys of claims that are over. */
  readonly expired: readonly string[];
}

/** Calls `keep` with each object that is claimed. Throws WmsError `gc/claim-unreadable` (exit code 5). */
export async function readClaims(
  { cleaner, notes, store }: Pick<GcTools, 'cleaner' | 'notes' | 'store'>,
  keep: (id: ObjectId) => void,
): Promise<ClaimsInStore> {
  const expired: string[] = [];
  let count = 0;
  const top = noteKey('');
  for await (const { key, age } of cleaner.list(noteKey(`${CLAIMS}/`))) {
    if (age >= CLAIM_AGE_MS) {
      expired.push(key);
      continue;
    }
    const bytes = await notes.read(key.slice(top.length));
    // Gone since it was listed: it was over, and another gc took it.
    if (bytes === null) continue;
    const claimed = readClaim(bytes);
    if (claimed === null) throw claimUnreadable(key, store.url);
    count += 1;
    for (const id of claimed) keep(id);
  }
  return { count, expired };
}
