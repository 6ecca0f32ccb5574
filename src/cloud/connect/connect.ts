import { EXIT, WmsError } from '../../errors.js';
import { readSession, type Session } from '../session.js';
import { requireOpen } from '../session-rules.pure.js';
import { findMachine, reach } from './reach.js';
import type { ConnectTools } from './tools.js';

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
  const { stop } = tools;
  const session = requireOpen(await readSession(tools.notes), tools.clock.now());
  const machine = await findMachine(tools, session);
  if (machine.urls !== undefined) {
    const { mlflow = null, api = null } = machine.urls;
    show({ session: session.id, way: null, mlflow, api });
    return;
  }
  const reached = await reach(tools, { session, machine }, [ports.mlflow, ports.api], from);
  if (reached === null) return;
  const { way, report, local } = reached;
  try {
    const [mlflow = '', api = ''] = local.map((port) => `http://127.0.0.1:${port}`);
    show({ session: session.id, way, mlflow, api: report.isServing ? api : null });
    const said = await Promise.race([reached.ended, aborted(stop)]);
    if (said !== null) throw tunnelEnded(session, said);
  } finally {
    await reached.leave();
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
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
