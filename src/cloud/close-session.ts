import { BILLED_KINDS, type BilledThing, type Compute, type Machine } from '../ports/compute.js';
import { paceOf } from './pace.js';
import { changeSession, readSession, type Session } from './session.js';
import { closing } from './session-rules.pure.js';
import type { CloudTools } from './tools.js';

const POLL_MS = 3000;
/** A machine needs a minute or two to end; its group cannot go before. */
const LONGEST_MS = 6 * 60_000;

const GOING = 'It is still going.';

export interface Left {
  readonly thing: BilledThing;
  readonly reason: string;
}

export interface Closed {
  /** Null: there has never been one. */
  readonly session: Session | null;
  /** What could not be removed. The session stays `closing` then. */
  readonly left: readonly Left[];
}

export interface CloseOptions {
  /** Also while somebody uses it. */
  readonly force: boolean;
  /**
   * Saves what only this machine of the session has, while nobody can use it any more. What it throws ends this, and the
   * session is open again.
   */
  readonly save: (session: Session, machine: Machine) => Promise<void>;
  /** Hears how many things are still to be removed. */
  readonly progress?: (left: number) => void;
}

/**
 * Closes the team's session and removes everything that any session of it has left in its region. Already gone is
 * success. Killed at any moment and run again, it goes on. Throws WmsError `cloud/in-use` (exit code 12) while a lease is held.
 */
export async function closeSession(
  tools: CloudTools,
  { force, save, progress = () => undefined }: CloseOptions,
): Promise<Closed> {
  const { notes, clock } = tools;
  if ((await readSession(notes)) === null) {
    return { session: null, left: await sweep(tools, await tools.openCompute(tools.place), progress) };
  }
  const session = await changeSession(tools, (current) => closing(current as Session, clock.now(), force));
  const compute = await tools.openCompute(session);
  if (session.state === 'closing') await saveAll(tools, compute, session, save);
  const left = await sweep(tools, compute, progress);
  if (left.length > 0) return { session, left };
  const closed = await changeSession(tools, (current) => {
    const isOurs = current?.id === session.id && current.state === 'closing';
    return isOurs ? { ...current, state: 'closed' } : (current as Session);
  });
  return { session: closed, left };
}

async function saveAll(
  tools: CloudTools,
  compute: Compute,
  session: Session,
  save: CloseOptions['save'],
): Promise<void> {
  try {
    for (const machine of await compute.find(session.id)) await save(session, machine);
  } catch (error) {
    await changeSession(tools, (current) => {
      const isOurs = current?.id === session.id && current.state === 'closing';
      return isOurs ? { ...current, state: 'open' } : (current as Session);
    });
    throw error;
  }
}

async function sweep(tools: CloudTools, compute: Compute, progress: (left: number) => void): Promise<Left[]> {
  const { timing } = tools;
  const { pollMs, looks } = paceOf(compute, POLL_MS);
  const start = timing.now();
  for (let quiet = 0; ; ) {
    const left = await sweepOnce(tools, compute);
    progress(left.length);
    quiet = left.length === 0 ? quiet + 1 : 0;
    if (quiet === looks || isHopeless(left) || timing.now() - start > LONGEST_MS) return left;
    await timing.sleep(pollMs);
  }
}

/** A stack that said no has waited by itself for what passes, e.g. for somebody's lock. */
function isHopeless(left: readonly Left[]): boolean {
  return left.length > 0 && left.every(({ thing, reason }) => thing.kind === 'stack' && reason !== GOING);
}

async function sweepOnce({ notes }: CloudTools, compute: Compute): Promise<Left[]> {
  // In this order: what is there now was announced in the note before it was made.
  const things = await compute.billed();
  const current = await readSession(notes);
  const ours = things.filter(({ session }) => current?.state !== 'open' || session !== current.id);
  const left: Left[] = [];
  for (const kind of BILLED_KINDS) {
    for (const thing of ours.filter((each) => each.kind === kind)) {
      left.push({ thing, reason: (await compute.remove(thing)) ?? GOING });
    }
  }
  return left;
}
