import { EXIT, WmsError } from '../../errors.js';
import { changeNote } from '../change-note.js';
import type { LeaseTools } from '../hold-lease.js';
import { doorsNote, reportNote } from '../machine/notes.js';
import { readReport } from '../machine/report.pure.js';
import type { Session } from '../session.js';

/** Somebody who wants to come in. */
export interface DoorRequest {
  readonly id: string;
  /** ISO date: afterwards the machine lets nobody in by it. */
  readonly until: string;
  /** IPv4 address and port at which it comes. */
  readonly address: string;
  readonly port: number;
  /** Public key for SSH. */
  readonly key?: string;
  /** For TLS. */
  readonly token?: string;
}

interface Doors {
  readonly version: 1;
  readonly doors: readonly DoorRequest[];
}

const POLL_MS = 1000;
/** The machine looks every five seconds. */
const LONGEST_MS = 60_000;

/** Changes who wants to come in; those whose time is over are left out. Answers all that are there afterwards. */
export async function changeDoors(
  tools: LeaseTools,
  session: Session,
  change: (doors: readonly DoorRequest[]) => readonly DoorRequest[],
): Promise<readonly DoorRequest[]> {
  const { doors } = await changeNote<Doors>(tools, doorsNote(session), (current) => ({
    version: 1,
    doors: change((current?.doors ?? []).filter(({ until }) => tools.clock.now() < new Date(until))),
  }));
  return doors;
}

/** Until the machine has taken the request in. Throws WmsError `cloud/no-tunnel` (exit code 5). */
export async function untilLetIn(
  { notes, timing }: LeaseTools,
  session: Session,
  id: string,
  stop: AbortSignal,
): Promise<void> {
  for (const begin = timing.now(); timing.now() - begin < LONGEST_MS; await timing.sleep(POLL_MS, stop)) {
    const report = readReport(await notes.read(reportNote(session)), session.id);
    if (report?.doors?.includes(id)) return;
  }
  throw new WmsError({
    kind: 'cloud/no-tunnel',
    code: EXIT.network,
    what: `The machine of the session ${session.id} did not let this machine in.`,
    why: 'It did not answer within a minute.',
    next: 'npx wms cloud logs shows what it does; npx wms cloud connect tries again.',
  });
}
