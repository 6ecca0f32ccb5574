import { costBetween, hourlyCost } from '../cloud/cost.pure.js';
import { readSession, type Session } from '../cloud/session.js';
import { isWmsError } from '../errors.js';
import type { StoreNotes } from '../ports/store-notes.js';

const STORE_WAIT_MS = 10_000;

/** A session that is open, as its note tells: no cloud is asked. */
export interface OpenSession
  extends Pick<Session, 'id' | 'engine' | 'state' | 'openedBy' | 'openedAt' | 'deadline'> {
  /** USD at list price since it was opened, at most up to its deadline; null where the price list does not know it. */
  readonly costSoFar: number | null;
}

/** The team's session, and that of this clone. What cannot be read is left out: other rows say that. */
export async function openSessions(all: readonly StoreNotes[], now: Date): Promise<OpenSession[]> {
  const sessions = await Promise.all(all.map(readOpen));
  return sessions.flatMap((session) => {
    if (session === null || session.state === 'closed') return [];
    const { id, engine, state, openedBy, openedAt, deadline } = session;
    const cost = hourlyCost(session);
    const end = new Date(Math.min(now.getTime(), Date.parse(deadline)));
    const costSoFar = cost && costBetween(cost, openedAt, end);
    return [{ id, engine, state, openedBy, openedAt, deadline, costSoFar }];
  });
}

async function readOpen(notes: StoreNotes): Promise<Session | null> {
  const signal = AbortSignal.timeout(STORE_WAIT_MS);
  try {
    return await readSession(notes, { signal });
  } catch (error) {
    if (!signal.aborted && !isWmsError(error)) throw error;
    return null;
  }
}
