import { findMachine, reach } from '../cloud/connect/reach.js';
import type { ConnectTools } from '../cloud/connect/tools.js';
import { MACHINE_PORTS } from '../cloud/facts.js';
import { readSession } from '../cloud/session.js';
import type { WmsError } from '../errors.js';
import type { CommandRunner } from '../ports/command-runner.js';
import {
  connectionLost,
  deadlineText,
  notOnWindows,
  requireSession,
  takesNoCommands,
} from './session-troubles.js';

/** A machine at the end of a tunnel, where commands can be run. */
export interface TrainingPlace {
  /** For people. */
  readonly name: string;
  /** Of 127.0.0.1. */
  readonly port: number;
  readonly ticket: string;
  /** How a person is told that the connection is lost. */
  readonly lost: (why: string) => WmsError;
}

export interface SessionTools extends ConnectTools {
  readonly openCommands: (place: TrainingPlace) => CommandRunner;
}

export interface OnSession {
  /** Null: the session is on this computer. */
  readonly commands: CommandRunner | null;
  /** Closes what was opened for them. */
  leave(): Promise<void>;
}

const PORT_TAKEN = `  ⚠ Something here listens on port ${MACHINE_PORTS.mlflow} already: that is spoken to, and not the MLflow of the session.`;

/** The same address leads to it here and there. */
function isMachinesMlflow(tracking: string | null): boolean {
  if (tracking === null || !URL.canParse(tracking)) return false;
  const { protocol, hostname, port } = new URL(tracking);
  const isHere = ['127.0.0.1', 'localhost'].includes(hostname);
  return protocol === 'http:' && isHere && port === String(MACHINE_PORTS.mlflow);
}

/**
 * Where the open session runs commands: on its machine, through a tunnel that lasts until `leave`. A tracking server that
 * is at the address of the machine's MLflow leads there for so long. Throws as `connect`, and WmsErrors
 * `ci/not-on-windows` (exit code 2) and `ci/session-takes-no-commands` (6).
 *
 * @param tracking address of the tracking server; null: there is none
 */
export async function openOnSession(
  tools: SessionTools,
  branch: string,
  tracking: string | null,
): Promise<OnSession> {
  const { notes, clock, reporter, stop } = tools;
  const session = requireSession(await readSession(notes), clock.now(), branch);
  const step = reporter.step('Session');
  if (session.engine === 'local') {
    step.done(`${session.id} is on this computer: the command runs here`);
    return { commands: null, leave: async () => undefined };
  }
  if (process.platform === 'win32') throw notOnWindows();
  const { text, isSoon } = deadlineText(session, clock.now());
  step[isSoon ? 'warned' : 'done'](text);
  const machine = await findMachine(tools, session);
  const wantsMlflow = isMachinesMlflow(tracking);
  const ports = [MACHINE_PORTS.train, ...(wantsMlflow ? [MACHINE_PORTS.mlflow] : [])];
  const reached = await reach(tools, { session, machine }, ports, null);
  if (reached === null) throw stop.reason;
  const { report, ended } = reached;
  // Training is over by then, and what it came to counts: what is left open ends by itself.
  const leave = () => reached.leave().catch(() => undefined);
  const [port, mlflow] = reached.local;
  if (wantsMlflow && mlflow !== MACHINE_PORTS.mlflow) reporter.note(PORT_TAKEN);
  if (report.trainTicket === undefined || port === undefined) {
    await leave();
    throw takesNoCommands(session, branch);
  }
  let said = '';
  void ended.then((last) => {
    said = last;
  });
  const lost = (why: string) =>
    connectionLost(session, clock.now(), [why, said].filter((part) => part !== '').join(' '));
  const name = `the machine of the session ${session.id}`;
  return { commands: tools.openCommands({ name, port, ticket: report.trainTicket, lost }), leave };
}
