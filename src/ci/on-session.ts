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

/**
 * Where the open session runs commands: on its machine, through a tunnel that lasts until `leave`. Throws as `connect`,
 * and WmsErrors `ci/not-on-windows` (exit code 2) and `ci/session-takes-no-commands` (6).
 */
export async function openOnSession(tools: SessionTools, branch: string): Promise<OnSession> {
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
  const reached = await reach(tools, { session, machine }, [MACHINE_PORTS.train], null);
  if (reached === null) throw stop.reason;
  const { report, ended } = reached;
  // Training is over by then, and what it came to counts: what is left open ends by itself.
  const leave = () => reached.leave().catch(() => undefined);
  const [port] = reached.local;
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
