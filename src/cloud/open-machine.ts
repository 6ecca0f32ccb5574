import { EXIT, isWmsError, WmsError } from '../errors.js';
import type { Machine } from '../ports/compute.js';
import { changeSession, readSession, type Session } from './session.js';
import { joinOrOpen, type NewSession } from './session-rules.pure.js';
import type { CloudTools } from './tools.js';

/** Kept free in the account: AWS closes accounts of its Academy that go past the limit. */
const SPARE = 1;

export interface OpenMachine {
  readonly session: Session;
  readonly machine: Machine;
}

/**
 * The machine of the team's session: the one that runs, or a new one. Killed at any moment and run again, by anybody, it
 * goes on with the same session, and never makes a second machine. Throws WmsErrors: `cloud/closing`, `cloud/ended`
 * and `cloud/closed-meanwhile` (exit code 6), `cloud/account-full` and `cloud/no-capacity` (exit code 5).
 */
export async function openMachine(tools: CloudTools, wanted: NewSession): Promise<OpenMachine> {
  const { compute, clock } = tools;
  const session = await changeSession(tools, (current) => joinOrOpen(current, wanted, clock.now()));
  const [running] = await compute.find(session.id);
  if (running !== undefined) return { session, machine: running };
  await refuseFullAccount(tools);
  const machine = await orderMachine(tools, session);
  // Whoever closed the session meanwhile may have looked before this machine was there.
  const now = await readSession(tools.notes);
  if (now?.id === session.id && now.state === 'open' && machine.state !== 'ended')
    return { session, machine };
  if (machine.state === 'ended') throw ended(session);
  await compute.remove({ kind: 'machine', id: machine.id, session: session.id });
  throw new WmsError({
    kind: 'cloud/closed-meanwhile',
    code: EXIT.conflict,
    what: `Somebody closed the session ${session.id} while it was opened.`,
    why: 'Its machine was ended at once.',
    next: 'npx wms-stop removes what is left, npx wms-deploy opens another one.',
  });
}

async function refuseFullAccount({ compute }: CloudTools): Promise<void> {
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

/** Zone after zone. The number of an attempt is saved before it is used, and grows only after a certain no. */
async function orderMachine(tools: CloudTools, first: Session): Promise<Machine> {
  const zones = await tools.compute.zones(first.size);
  let session = first;
  for (;;) {
    const { id, attempt, size, deadline, openedBy } = session;
    const zone = zones[(attempt - 1) % zones.length] ?? '';
    try {
      return await tools.compute.create({ session: id, attempt, zone, size, deadline, openedBy });
    } catch (error) {
      const isLast = attempt % Math.max(zones.length, 1) === 0;
      if (!isWmsError(error, 'cloud/no-capacity')) throw error;
      session = await changeSession(tools, (current) => {
        if (current?.id !== id || current.state !== 'open') throw error;
        return current.attempt > attempt ? current : { ...current, attempt: attempt + 1 };
      });
      if (isLast) throw error;
    }
  }
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
