import { EXIT, WmsError } from '../errors.js';
import type { Lease, Session } from './session.js';

/** A lease that nobody renews lives so long. Clocks of teammates may differ by a minute of it. */
export const LEASE_MS = 4 * 60_000;

export type NewSession = Pick<
  Session,
  | 'id'
  | 'openedBy'
  | 'engine'
  | 'deadline'
  | 'region'
  | 'size'
  | 'diskGb'
  | 'instanceProfile'
  | 'idleMinutes'
  | 'model'
>;

/**
 * The session to use: the running one, whoever opened it, or else `wanted`. Throws WmsError `cloud/closing` (exit code 6)
 * while something of an older one may be left.
 */
export function joinOrOpen(current: Session | null, wanted: NewSession, now: Date): Session {
  if (current === null || current.state === 'closed') {
    const fresh = { image: null, machine: null, attempt: 1, leases: [] };
    return { version: 1, state: 'open', ...wanted, openedAt: now.toISOString(), ...fresh };
  }
  if (current.state === 'open' && now < new Date(current.deadline)) return current;
  const isOver = current.state === 'open';
  throw new WmsError({
    kind: 'cloud/closing',
    code: EXIT.conflict,
    what: `The session ${current.id} of ${current.openedBy} is not closed yet.`,
    why: isOver ? `Its deadline was ${current.deadline}.` : 'Somebody closes it, or was interrupted.',
    next: 'npx wms-stop',
  });
}

export function liveLeases({ leases }: Session, now: Date): Lease[] {
  return leases.filter(({ until }) => now < new Date(until));
}

/** With the lease taken or renewed until `LEASE_MS` from now. Throws WmsError `cloud/no-session` (exit code 2). */
export function withLease(
  current: Session | null,
  lease: Pick<Lease, 'id' | 'who' | 'what'>,
  now: Date,
): Session {
  return leased(requireOpen(current, now), lease, now, new Date(now.getTime() + LEASE_MS).toISOString());
}

/** With a lease that nobody renews: until the deadline. Throws as `withLease`. */
export function withLeaseUntilDeadline(
  current: Session | null,
  lease: Pick<Lease, 'id' | 'who' | 'what'>,
  now: Date,
): Session {
  const session = requireOpen(current, now);
  return leased(session, lease, now, session.deadline);
}

function leased(
  session: Session,
  lease: Pick<Lease, 'id' | 'who' | 'what'>,
  now: Date,
  until: string,
): Session {
  const since = session.leases.find(({ id }) => id === lease.id)?.since ?? now.toISOString();
  const others = liveLeases(session, now).filter(({ id }) => id !== lease.id);
  return { ...session, leases: [...others, { ...lease, since, until }] };
}

/** With a later deadline. Throws WmsErrors `cloud/no-session` and `cloud/earlier-deadline` (exit code 2). */
export function extended(current: Session | null, deadline: Date, now: Date): Session {
  const session = requireOpen(current, now);
  if (deadline >= new Date(session.deadline)) return { ...session, deadline: deadline.toISOString() };
  throw new WmsError({
    kind: 'cloud/earlier-deadline',
    code: EXIT.usage,
    what: `The session ${session.id} lasts until ${session.deadline} already.`,
    why: `${deadline.toISOString()} is earlier.`,
    next: 'To end it earlier: npx wms-stop',
  });
}

/** Throws WmsError `cloud/no-session` (exit code 2). */
export function requireOpen(current: Session | null, now: Date): Session {
  if (current?.state === 'open' && now < new Date(current.deadline)) return current;
  throw new WmsError({
    kind: 'cloud/no-session',
    code: EXIT.usage,
    what: 'No cloud session is open.',
    ...(current && { why: `The last one, ${current.id}, ended: its deadline was ${current.deadline}.` }),
    next: 'npx wms-deploy',
  });
}

export function withoutLease(current: Session, id: string): Session {
  if (!current.leases.some((lease) => lease.id === id)) return current;
  return { ...current, leases: current.leases.filter((lease) => lease.id !== id) };
}

/**
 * The same session, which from now on nobody can use. `force` also while somebody does. Throws WmsError `cloud/in-use`
 * (exit code 12), which names who and what.
 */
export function closing(current: Session, now: Date, force: boolean): Session {
  if (current.state !== 'open') return current;
  const live = liveLeases(current, now);
  if (live.length === 0 || force) return { ...current, state: 'closing', leases: [] };
  throw new WmsError({
    kind: 'cloud/in-use',
    code: EXIT.sessionInUse,
    what: `The session ${current.id} is in use.`,
    why: live.map(({ who, what, since }) => `${who}: ${what} (since ${since})`).join('\n'),
    next: 'Wait for it to end, or ask them. To end it nevertheless: npx wms-stop --force',
  });
}
