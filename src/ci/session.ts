import { type DeployOptions, type DeployTools, deploy } from '../cloud/deploy/deploy.js';
import type { SessionFacts } from '../cloud/facts.js';
import { changeSession, readSession, type Session } from '../cloud/session.js';
import { liveLeases, withLeaseUntilDeadline, withoutLease } from '../cloud/session-rules.pure.js';
import { type Stopped, type StopTools, stop } from '../cloud/stop/stop.js';
import type { CloudTools } from '../cloud/tools.js';
import { isWmsError } from '../errors.js';

/**
 * Who holds and opens a session for the jobs of a data branch: the same in all of them and when they are run again, so
 * that one job can release what another took.
 */
export interface Holder {
  /** Address of the workflow run; elsewhere the branch and the person. */
  readonly id: string;
  /** For people: what the session is used for. */
  readonly what: string;
}

/**
 * Opens the team's session, or joins it, and holds it until it is released or its deadline comes: no process stays to
 * renew the lease. Throws as `deploy`, and WmsError `cloud/no-session` (exit code 2) when it was closed meanwhile.
 */
export async function holdSession(
  tools: DeployTools,
  options: Omit<DeployOptions, 'extend' | 'yes'>,
  { id, what }: Holder,
): Promise<SessionFacts> {
  const wanted = { ...options.wanted, openedBy: id };
  const facts = await deploy(tools, { ...options, wanted, extend: null, yes: true });
  if (facts === null) throw new Error('the session was not opened, and nobody was asked');
  const now = tools.clock.now();
  const { leases } = await changeSession(tools, (current) =>
    withLeaseUntilDeadline(current, { id, who: id, what }, now),
  );
  return { ...facts, leases };
}

export interface Released {
  /** `left`: the session goes on, because of `why`. */
  readonly outcome: 'none-open' | 'stopped' | 'left';
  readonly session: string | null;
  readonly why: string | null;
  readonly stopped: Stopped | null;
}

/**
 * Gives back what `holdSession` took, and ends the session when the same holder opened it and nobody else uses it. Throws
 * as `stop`, but for a session that is in use.
 */
export async function releaseSession(tools: StopTools, holder: Holder): Promise<Released> {
  const session = await release(tools, holder);
  if (session === null) return { outcome: 'none-open', session: null, why: null, stopped: null };
  const left = (why: string): Released => ({ outcome: 'left', session: session.id, why, stopped: null });
  if (session.openedBy !== holder.id) return left(`${session.openedBy} opened it`);
  const [other] = liveLeases(session, tools.clock.now());
  if (other !== undefined) return left(`${other.who} uses it: ${other.what}`);
  try {
    const stopped = await stop(tools, { yes: true, force: false, discard: false });
    return { outcome: 'stopped', session: session.id, why: null, stopped };
  } catch (error) {
    if (!isWmsError(error, 'cloud/in-use')) throw error;
    return left('somebody has begun to use it');
  }
}

/** The session without the holder's lease; null: none is there that could have one. */
async function release(tools: CloudTools, { id }: Holder): Promise<Session | null> {
  const session = await readSession(tools.notes);
  if (session === null || session.state === 'closed') return null;
  return changeSession(tools, (current) => withoutLease(current ?? session, id));
}
