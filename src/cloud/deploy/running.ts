import type { Compute, Machine } from '../../ports/compute.js';
import { closeSession } from '../close-session.js';
import { recordEnd } from '../ledger.js';
import { reportNote } from '../machine/notes.js';
import { readReport } from '../machine/report.pure.js';
import { machineOf } from '../machine-of.pure.js';
import type { OpenMachine } from '../open-machine.js';
import { paceOf } from '../pace.js';
import { readSession, type Session } from '../session.js';
import { joinOrOpen } from '../session-rules.pure.js';
import type { CloudTools } from '../tools.js';

const POLL_MS = 3000;

/**
 * The machine of the team's open session; null: there is none, and another session can be opened. One whose machine has
 * ended by itself is closed here. Throws WmsError `cloud/closing` (exit code 6) while the machine of one that is over runs.
 */
export async function findRunning(tools: CloudTools): Promise<OpenMachine | null> {
  const session = await readSession(tools.notes);
  if (session === null || session.state === 'closed') return null;
  const machine = await look(tools, await tools.openCompute(session), session);
  const isOpen = session.state === 'open' && tools.clock.now() < new Date(session.deadline);
  if (machine !== null) {
    // Says whose it is, and that it is over.
    if (!isOpen) joinOrOpen(session, session, tools.clock.now());
    return { session, machine };
  }
  // Whoever opened it was interrupted before there was one: it is gone on with.
  if (isOpen && session.machine === null) return null;
  await recordEnd(tools, session, await lastSign(tools, session));
  await closeSession(tools, { force: true, save: async () => undefined });
  return null;
}

async function look({ timing }: CloudTools, compute: Compute, session: Session): Promise<Machine | null> {
  const { pollMs, looks } = paceOf(compute, POLL_MS);
  for (let at = 0; at < looks; at += 1) {
    if (at > 0) await timing.sleep(pollMs);
    const machine = machineOf(session, await compute.find(session.id));
    if (machine !== null) return machine;
    if (session.machine === null) return null;
  }
  return null;
}

/** A machine saves its registry before it is off, and tells so. */
async function lastSign({ notes, clock }: CloudTools, session: Session): Promise<Date> {
  const report = readReport(await notes.read(reportNote(session)), session.id);
  return report === null ? clock.now() : new Date(report.at);
}
