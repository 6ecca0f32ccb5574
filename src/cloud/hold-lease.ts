import { randomUUID } from 'node:crypto';
import { EXIT, WmsError } from '../errors.js';
import type { Clock } from '../ports/clock.js';
import type { NoteTools } from './change-note.js';
import { changeSession, type Lease } from './session.js';
import { LEASE_MS, withLease, withoutLease } from './session-rules.pure.js';

const RENEW_MS = LEASE_MS / 4;

export interface LeaseTools extends NoteTools {
  readonly clock: Clock;
}

/**
 * Runs `work` while a lease says that the session is in use. It is renewed all the time, and ends by itself when this
 * process dies. `lost` is aborted when the session was closed by force, or the lease ran out because the store could not
 * be reached for too long. Throws WmsError `cloud/no-session` (exit code 2).
 */
export async function holdLease<T>(
  tools: LeaseTools,
  { who, what }: Pick<Lease, 'who' | 'what'>,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const lease = { id: randomUUID(), who, what };
  const { id: session } = await changeSession(tools, (current) =>
    withLease(current, lease, tools.clock.now()),
  );
  const lost = new AbortController();
  const ended = new AbortController();
  const renewing = renew(tools, { lease, session, lost, ended: ended.signal });
  try {
    return await work(lost.signal);
  } finally {
    ended.abort();
    await renewing;
    await release(tools, session, lease.id);
  }
}

interface Renewal {
  readonly lease: Pick<Lease, 'id' | 'who' | 'what'>;
  /** Id of the session that the lease is of. */
  readonly session: string;
  readonly lost: AbortController;
  readonly ended: AbortSignal;
}

async function renew(tools: LeaseTools, { lease, session, lost, ended }: Renewal): Promise<void> {
  let renewedAt = tools.clock.now().getTime();
  for (;;) {
    await tools.timing.sleep(RENEW_MS, ended).catch(() => undefined);
    if (ended.aborted) return;
    try {
      const now = tools.clock.now();
      await changeSession(tools, (current) => {
        if (current?.id !== session) throw leaseLost(session);
        return withLease(current, lease, now);
      });
      renewedAt = now.getTime();
    } catch (error) {
      const isOver = error instanceof WmsError && /^cloud\/(no-session|lease-lost)$/.test(error.kind);
      if (!isOver && tools.clock.now().getTime() - renewedAt < LEASE_MS - RENEW_MS) continue;
      lost.abort(leaseLost(session, error));
      return;
    }
  }
}

/** If it stays, it ends by itself. */
async function release(tools: LeaseTools, session: string, id: string): Promise<void> {
  await changeSession(tools, (current) => {
    if (current?.id !== session) throw leaseLost(session);
    return withoutLease(current, id);
  }).catch(() => undefined);
}

function leaseLost(session: string, cause?: unknown): WmsError {
  return new WmsError({
    kind: 'cloud/lease-lost',
    code: EXIT.conflict,
    what: `The session ${session} was closed while it was in use.`,
    why: cause instanceof Error ? cause.message : 'Another one has been opened meanwhile.',
    next: 'npx wms cloud status',
    cause,
  });
}
