import { setTimeout as wait } from 'node:timers/promises';
import type { Forward, Tunnel } from '../../ports/tunnels.js';
import { openCommandRunner } from '../process/runner.js';
import { isOpen } from './local-ports.js';
import { noTunnel } from './no-tunnel.js';

const POLL_MS = 200;
const LONGEST_MS = 30_000;
const GRACE_MS = 3000;
/** Of what a program printed, this much is told. */
const KEPT = 2000;

/** A program that listens on the local ports while it runs. Throws WmsError `cloud/no-tunnel` when it does not begin to. */
export async function openProcessTunnel(
  way: string,
  [command, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  forwards: readonly Forward[],
): Promise<Tunnel> {
  let printed = '';
  const running = openCommandRunner().start({
    command,
    args,
    cwd: process.cwd(),
    env: Object.fromEntries(
      Object.entries(env).filter((one): one is [string, string] => one[1] !== undefined),
    ),
    grace: GRACE_MS,
    onOutput: (chunk) => {
      printed = (printed + chunk.toString()).slice(-KEPT);
    },
  });
  let isOver = false;
  const ended = running.ended.then(() => {
    isOver = true;
    return printed.trim();
  });
  const close = async () => {
    running.stop('SIGTERM');
    await ended;
  };
  for (const until = Date.now() + LONGEST_MS; ; await wait(POLL_MS)) {
    if (isOver) throw noTunnel(way, (await ended) || `${command} ended at once.`);
    if ((await Promise.all(forwards.map(({ local }) => isOpen(local)))).every(Boolean))
      return { ended, close };
    if (Date.now() < until) continue;
    await close();
    throw noTunnel(way, printed.trim() || `${command} did not connect within 30 seconds.`);
  }
}
