import { EXIT, isWmsError, WmsError } from '../errors.js';
import type { Compute, Machine } from '../ports/compute.js';
import { orderOf } from './order.js';
import { paceOf } from './pace.js';
import { changeSession, type Session } from './session.js';
import { joinOrOpen, type NewSession } from './session-rules.pure.js';
import type { CloudTools } from './tools.js';

/** Kept free in the account: AWS closes accounts of its Academy that go past the limit. */
const SPARE = 1;
/** How long a machine that somebody else made may stay out of the lists. */
const LOOKS = 20;
const POLL_MS = 3000;

export interface OpenMachine {
  readonly session: Session;
  readonly machine: Machine;
}

/**
 * The machine of the team's session: the one that runs, or a new one. Killed at any moment and run again, by anybody, it
 * goes on with the same session, and ends with one machine. Throws WmsErrors: `cloud/closing`, `cloud/ended` and
 * `cloud/closed-meanwhile` (exit code 6), `cloud/account-full` and `cloud/no-capacity` (exit code 5).
 */
export async function openMachine(tools: CloudTools, wanted: NewSession): Promise<OpenMachine> {
  const session = await changeSession(tools, (now) => joinOrOpen(now, wanted, tools.clock.now()));
  const compute = await tools.openCompute(session);
  const running = await compute.find(session.id);
  const known = running.find(({ id }) => id === session.machine);
  if (known !== undefined) return { session, machine: known };
  if (running[0] !== undefined) return agree(tools, compute, { session, machine: running[0] });
  await refuseFullAccount(compute);
  return agree(tools, compute, await orderMachine(tools, compute, await withImage(tools, compute, session)));
}

async function refuseFullAccount(compute: Compute): Promise<void> {
  const { running, limit } = await compute.load();
  if (running < limit - SPARE) return;
  throw new WmsError({
    kind: 'cloud/account-full',
    code: EXIT.network,
    what: `The account already runs ${running} of at most ${limit} machines.`,
    why: 'One is kept free: AWS closes Academy accounts that run too many.',
    next: 'End one that nobody needs, then: npx wms-deploy',
  });
}

/** Saved before it is used: the same attempt with another image would be another order. */
async function withImage(tools: CloudTools, compute: Compute, session: Session): Promise<Session> {
  if (session.image !== null) return session;
  const image = await compute.newestImage();
  return changeSession(tools, (now) => {
    const current = stillOpen(now, session);
    return current.image === null ? { ...current, image } : current;
  });
}

/** Zone after zone. The number of an attempt is saved before it is used, and grows only after a no. */
async function orderMachine(tools: CloudTools, compute: Compute, first: Session): Promise<OpenMachine> {
  const zones = await compute.zones(first.size);
  let session = first;
  for (;;) {
    const { attempt } = session;
    try {
      return { session, machine: await compute.create(orderOf(tools, session, zones)) };
    } catch (error) {
      const isLast = attempt % Math.max(zones.length, 1) === 0;
      if (!isWmsError(error, 'cloud/no-capacity')) throw error;
      session = await changeSession(tools, (now) => {
        const current = stillOpen(now, first);
        if (current.machine !== null) return current;
        return current.attempt > attempt ? current : { ...current, attempt: attempt + 1 };
      });
      if (session.machine !== null) return { session, machine: await seen(tools, compute, session) };
      if (isLast) throw error;
    }
  }
}

/**
 * A zone that was full for one may have room for another a moment later, so two may have made a machine. The note says
 * which one stays. Whoever closed the session meanwhile may have looked before this machine was there.
 */
async function agree(
  tools: CloudTools,
  compute: Compute,
  { session, machine }: OpenMachine,
): Promise<OpenMachine> {
  if (machine.state === 'ended') throw ended(session);
  const remove = () => compute.remove({ kind: 'machine', id: machine.id, session: session.id });
  let agreed: Session;
  try {
    agreed = await changeSession(tools, (now) => {
      const current = stillOpen(now, session);
      return current.machine === null ? { ...current, machine: machine.id } : current;
    });
  } catch (error) {
    if (isWmsError(error, 'cloud/closed-meanwhile')) await remove();
    throw error;
  }
  if (agreed.machine === machine.id) return { session: agreed, machine };
  await remove();
  return { session: agreed, machine: await seen(tools, compute, agreed) };
}

async function seen({ timing }: CloudTools, compute: Compute, session: Session): Promise<Machine> {
  const { pollMs } = paceOf(compute, POLL_MS);
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await timing.sleep(pollMs);
    const machine = (await compute.find(session.id)).find(({ id }) => id === session.machine);
    if (machine !== undefined) return machine;
  }
  throw ended(session);
}

function stillOpen(now: Session | null, { id }: Session): Session {
  if (now?.id === id && now.state === 'open') return now;
  throw new WmsError({
    kind: 'cloud/closed-meanwhile',
    code: EXIT.conflict,
    what: `Somebody closed the session ${id} while it was opened.`,
    why: 'No machine of it stays.',
    next: 'npx wms-stop removes what is left, npx wms-deploy opens another one.',
  });
}

function ended(session: Session): WmsError {
  return new WmsError({
    kind: 'cloud/ended',
    code: EXIT.conflict,
    what: `The machine of the session ${session.id} has ended.`,
    why: `Its deadline is ${session.deadline}; it also ends when nobody uses it, or somebody ended it.`,
    next: 'npx wms-stop, then: npx wms-deploy',
  });
}
