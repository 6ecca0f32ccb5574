import type { BilledThing } from '../../ports/compute.js';
import { costOfMonth, type MonthCost } from '../cost.pure.js';
import { type SessionFacts, sessionFacts } from '../facts.js';
import { readLedger } from '../ledger.js';
import { machineOf } from '../machine-of.pure.js';
import { readSession } from '../session.js';
import type { CloudTools } from '../tools.js';

export interface CloudStatus {
  /** Null: none is open. */
  readonly session: SessionFacts | null;
  /** What bills, or stands in the way, and belongs to no open session. */
  readonly orphans: readonly BilledThing[];
  readonly month: MonthCost;
  /** USD per month; null: none is set. */
  readonly budgetUsd: number | null;
}

/** What runs and costs. Changes nothing. */
export async function readCloudStatus(tools: CloudTools, budget: number | undefined): Promise<CloudStatus> {
  const { notes, clock } = tools;
  const session = await readSession(notes);
  const compute = await tools.openCompute(session ?? tools.place);
  const isOpen = session !== null && session.state !== 'closed';
  const machine = isOpen ? machineOf(session, await compute.find(session.id)) : null;
  const things = await compute.billed();
  const now = clock.now();
  return {
    session: isOpen ? sessionFacts(session, machine, now) : null,
    orphans: things.filter((thing) => !isOpen || thing.session !== session.id),
    month: costOfMonth(await readLedger(tools, now), now),
    budgetUsd: budget ?? null,
  };
}
