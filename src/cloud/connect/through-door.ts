import { randomUUID } from 'node:crypto';
import { EXIT, WmsError } from '../../errors.js';
import type { Door } from '../../ports/compute.js';
import type { Tunnel } from '../../ports/tunnels.js';
import { changeDoors, type DoorRequest, untilLetIn } from './doors.js';
import type { ConnectTools, Target } from './tools.js';

/** A request that nobody renews lives so long. */
const DOOR_MS = 15 * 60_000;
const RENEW_MS = DOOR_MS / 3;

export interface HeldTunnel {
  readonly tunnel: Tunnel;
  /** Closes what was opened for it. */
  leave(): Promise<void>;
}

type Secret = Pick<DoorRequest, 'key' | 'token'>;

/**
 * Asks the machine to let `secret` in, opens its port for one address, and then the tunnel. All of that is taken back
 * when something fails, and by `leave`; what a killed process leaves ends with its time, and with the session.
 */
export async function throughDoor(
  tools: ConnectTools,
  { session }: Target,
  { address, port, ...secret }: Secret & Pick<DoorRequest, 'address' | 'port'>,
  open: () => Promise<Tunnel>,
): Promise<HeldTunnel> {
  const { stop } = tools;
  const compute = await tools.openCompute(session);
  const door: Door = { address, fromPort: port, toPort: port };
  const id = randomUUID();
  const ended = new AbortController();
  const until = () => new Date(tools.clock.now().getTime() + DOOR_MS).toISOString();
  const request = () => ({ id, until: until(), address, port, ...secret });
  const renew = () =>
    changeDoors(tools, session, (doors) => [...doors.filter((one) => one.id !== id), request()]);
  const leave = async () => {
    ended.abort();
    const others = await changeDoors(tools, session, (doors) => doors.filter((one) => one.id !== id));
    // Somebody behind the same address may still use it.
    if (others.some((one) => one.address === address && one.port === port)) return;
    await compute.closeDoor(session.id, door);
  };
  try {
    await renew();
    await compute.openDoor(session.id, door);
    await untilLetIn(tools, session, id, stop);
    const tunnel = await open();
    void keepRenewing(tools, renew, ended.signal);
    return { tunnel, leave };
  } catch (error) {
    await leave().catch(() => undefined);
    throw error;
  }
}

async function keepRenewing(
  { timing }: ConnectTools,
  renew: () => Promise<unknown>,
  ended: AbortSignal,
): Promise<void> {
  for (;;) {
    await timing.sleep(RENEW_MS, ended).catch(() => undefined);
    if (ended.aborted) return;
    // The next time may do: there are three before the request ends.
    await renew().catch(() => undefined);
  }
}

/** Throws WmsError `cloud/no-tunnel` (exit code 5) for a machine that has not told it. */
export function told<T>(value: T | null | undefined, what: string): T {
  if (value !== undefined && value !== null) return value;
  throw new WmsError({
    kind: 'cloud/no-tunnel',
    code: EXIT.network,
    what: `The machine of the session has no ${what}.`,
    next: 'npx wms cloud logs shows what it does; npx wms cloud connect tries again.',
  });
}
