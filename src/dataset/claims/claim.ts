import { randomUUID } from 'node:crypto';
import type { ObjectId } from '../../ports/object-store.js';
import type { StoreNotes } from '../../ports/store-notes.js';
import { untilNotCleaned, type Waiting } from './cleaning.js';

/** Directory of the claims among the notes. */
export const CLAIMS = 'claims';
/** As long as a publish that was killed can be resumed. */
export const CLAIM_AGE_MS = 30 * 86_400_000;

/**
 * Says in the store which objects somebody is about to count on, before anything is concluded from their being there.
 *
 * A publish takes an object that is in the store for stored. It may be an old one that no pointer names, and `data gc`
 * may be about to delete it: the grace period does not help, because `put` does not make an object younger. Neither does
 * a second look before the branch is pushed: the deletion could come between the two. So both sides first write, then
 * read. A publish writes a claim, then reads the note of `data gc`; `data gc` writes its note, then reads the claims and
 * the branches, and deletes after that. Whichever of the two wrote first, the other one sees it: either the claim's
 * objects are kept, or the publish waits until the deletion is over, and only then looks what is there. Requests are
 * needed once for each publish, however many objects there are, and no permission to delete: a claim ends by its age.
 *
 * A claim also keeps what a publish that was killed has stored, until it is resumed.
 */
export async function claimObjects(
  notes: StoreNotes,
  ids: Iterable<ObjectId>,
  waiting: Waiting = {},
): Promise<void> {
  const { signal } = waiting;
  const text = `${JSON.stringify({ objects: [...new Set(ids)] })}\n`;
  await notes.write(`${CLAIMS}/${randomUUID()}`, Buffer.from(text), { signal });
  await untilNotCleaned(notes, waiting);
}

/** Objects that a claim names; null when it is not one that this version can read. */
export function readClaim(bytes: Buffer): readonly ObjectId[] | null {
  try {
    const { objects } = JSON.parse(bytes.toString()) as { objects?: unknown };
    return Array.isArray(objects) && objects.every(isObjectId) ? objects : null;
  } catch {
    return null;
  }
}

const isObjectId = (value: unknown): value is ObjectId =>
  typeof value === 'string' && /^[0-9a-f]{32}(\.dir)?$/.test(value);
