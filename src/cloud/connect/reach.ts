import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { Machine } from '../../ports/compute.js';
import { reportNote } from '../machine/notes.js';
import { type MachineReport, readReport } from '../machine/report.pure.js';
import type { Session } from '../session.js';
import type { HeldTunnel } from './through-door.js';
import type { ConnectTools, Target } from './tools.js';
import { WAYS, type Way } from './ways.js';

/** A machine at the end of an open tunnel. */
export interface Reached {
  /** `Session Manager`, `SSH` or `TLS` */
  readonly way: string;
  /** What the machine tells of itself. */
  readonly report: MachineReport;
  /** Ports of 127.0.0.1 here, in the order of those that were wanted. */
  readonly local: readonly number[];
  /** Resolves when the tunnel has ended by itself: what was said last. */
  readonly ended: Promise<string>;
  /** Ends the tunnel and closes what was opened for it. */
  leave(): Promise<void>;
}

/** The one that the session agreed on. Throws WmsError `cloud/ended` (exit code 6) when it is gone. */
export async function findMachine(
  { openCompute }: Pick<ConnectTools, 'openCompute'>,
  session: Session,
): Promise<Machine> {
  const machines = await (await openCompute(session)).find(session.id);
  const machine = machines.find(({ id }) => id === session.machine);
  if (machine === undefined) throw ended(session);
  return machine;
}

/**
 * Opens a tunnel to ports of the machine's loopback. Null: `tools.stop` was aborted meanwhile. Throws WmsErrors
 * `cloud/not-ready` and `cloud/no-tunnel` (exit code 5).
 */
export async function reach(
  tools: ConnectTools,
  { session, machine }: Pick<Target, 'session' | 'machine'>,
  ports: readonly number[],
  from: string | null,
): Promise<Reached | null> {
  const { reporter, tunnels, stop } = tools;
  const report = readyReport(session, readReport(await tools.notes.read(reportNote(session)), session.id));
  const forwards: { local: number; remote: number }[] = [];
  for (const remote of ports) forwards.push({ local: await tunnels.freePort(remote), remote });
  const step = reporter.step('Tunnel');
  const target = { session, machine, report, forwards, from };
  try {
    const { way, held } = await openFirst(tools, target, (text) => step.progress(text));
    step.done(way.name);
    const leave = async () => {
      await held.tunnel.close();
      await held.leave();
    };
    const local = forwards.map((forward) => forward.local);
    return { way: way.name, report, local, ended: held.tunnel.ended, leave };
  } catch (error) {
    step[stop.aborted ? 'skipped' : 'failed'](stop.aborted ? 'interrupted' : '');
    if (stop.aborted) return null;
    throw error;
  }
}

/** The first way that can be gone here. What was wrong with those before it is told when none can. */
async function openFirst(
  tools: ConnectTools,
  target: Target,
  progress: (text: string) => void,
): Promise<{ way: Way; held: HeldTunnel }> {
  const failures: string[] = [];
  for (const way of WAYS) {
    const here = await Promise.all(way.programs.map((name) => tools.tunnels.hasProgram(name)));
    const missing = way.programs.filter((_, index) => !here[index]);
    if (missing.length > 0) {
      failures.push(`${way.name}: no ${missing.join(', ')} here.`);
      continue;
    }
    progress([...failures, `${way.name}: connecting, at most a minute and a half`].join(' '));
    try {
      return { way, held: await way.open(tools, target) };
    } catch (error) {
      if (tools.stop.aborted || !isWmsError(error) || error.code === EXIT.usage) throw error;
      failures.push(`${way.name}: ${error.message} ${error.why ?? ''}`.trim());
    }
  }
  throw new WmsError({
    kind: 'cloud/no-tunnel',
    code: EXIT.network,
    what: `The machine of the session ${target.session.id} cannot be reached.`,
    why: failures.join('\n'),
    next: 'Leave the network that keeps you from it, if it is one, then: npx wms cloud connect',
  });
}

function readyReport({ id }: Session, report: MachineReport | null): MachineReport {
  if (report !== null && /ready$/.test(report.stage)) return report;
  throw new WmsError({
    kind: 'cloud/not-ready',
    code: EXIT.network,
    what: `The session ${id} is not ready.`,
    why: report === null ? 'Its machine has not told anything yet.' : `Its machine says: ${report.stage}.`,
    next: 'npx wms-deploy waits until it is.',
  });
}

function ended({ id, deadline }: Session): WmsError {
  return new WmsError({
    kind: 'cloud/ended',
    code: EXIT.conflict,
    what: `The session ${id} has no machine.`,
    why: `Its deadline is ${deadline}; it also ends when nobody uses it, or somebody ended it.`,
    next: 'npx wms-deploy',
  });
}
