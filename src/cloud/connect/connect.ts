import { EXIT, isWmsError, WmsError } from '../../errors.js';
import { reportNote } from '../machine/notes.js';
import { type MachineReport, readReport } from '../machine/report.pure.js';
import { readSession, type Session } from '../session.js';
import { requireOpen } from '../session-rules.pure.js';
import type { HeldTunnel } from './through-door.js';
import type { ConnectTools, Target } from './tools.js';
import { WAYS, type Way } from './ways.js';

export interface ConnectOptions {
  /** Ports of the machine's loopback. */
  readonly ports: { readonly mlflow: number; readonly api: number };
  /** Public IPv4 address of this machine; null: it is found out where it is needed. */
  readonly from: string | null;
}

export interface Connection {
  readonly session: string;
  /** `Session Manager`, `SSH` or `TLS`; null: no tunnel is needed. */
  readonly way: string | null;
  /** Null: it does not run, or is not reached from here. */
  readonly mlflow: string | null;
  readonly api: string | null;
}

/**
 * Opens a tunnel to the session's machine, tells `show` where it begins, and holds it until `tools.stop` is aborted. Where
 * none is needed, that is all.
 * It is no lease: an idle machine ends all the same. Throws WmsErrors `cloud/no-session` (exit code 2),
 * `cloud/not-ready`, `cloud/no-tunnel` and `cloud/tunnel-ended` (5), `cloud/ended` (6).
 */
export async function connect(
  tools: ConnectTools,
  { ports, from }: ConnectOptions,
  show: (connection: Connection) => void,
): Promise<void> {
  const { reporter, tunnels, stop } = tools;
  const session = requireOpen(await readSession(tools.notes), tools.clock.now());
  const compute = await tools.openCompute(session);
  const machine = (await compute.find(session.id)).find(({ id }) => id === session.machine);
  if (machine === undefined) throw ended(session);
  if (machine.urls !== undefined) {
    const { mlflow = null, api = null } = machine.urls;
    show({ session: session.id, way: null, mlflow, api });
    return;
  }
  const report = readyReport(session, readReport(await tools.notes.read(reportNote(session)), session.id));
  const [mlflow, api] = [await tunnels.freePort(ports.mlflow), await tunnels.freePort(ports.api)];
  const forwards = [
    { local: mlflow, remote: ports.mlflow },
    { local: api, remote: ports.api },
  ];
  const step = reporter.step('Tunnel');
  const target = { session, machine, report, forwards, from };
  const opened = await openFirst(tools, target, (text) => step.progress(text)).catch((error) => {
    if (stop.aborted) return null;
    step.failed('');
    throw error;
  });
  if (opened === null) return step.skipped('interrupted');
  const { way, held } = opened;
  try {
    step.done(way.name);
    const url = (port: number) => `http://127.0.0.1:${port}`;
    const apiUrl = report.isServing ? url(api) : null;
    show({ session: session.id, way: way.name, mlflow: url(mlflow), api: apiUrl });
    const said = await Promise.race([held.tunnel.ended, aborted(stop)]);
    if (said !== null) throw tunnelEnded(session, said);
  } finally {
    await held.tunnel.close();
    await held.leave();
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

function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
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

function tunnelEnded({ id }: Session, said: string): WmsError {
  return new WmsError({
    kind: 'cloud/tunnel-ended',
    code: EXIT.network,
    what: `The connection to the session ${id} has ended.`,
    why: said || 'The machine may be off, or the network has changed.',
    next: 'npx wms cloud connect; npx wms cloud status tells whether the session still runs.',
  });
}
