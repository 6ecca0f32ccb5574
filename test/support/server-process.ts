import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Longest time until a server listens, milliseconds. */
const LONGEST_START = 180_000;

/** Starts a server and waits until its port of 127.0.0.1 is open. Resolves to what stops it. */
export async function startServerProcess(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  port: number,
): Promise<() => Promise<void>> {
  const child = execa(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], reject: false });
  let ended: string | undefined;
  void child.then(({ stderr }) => {
    ended = String(stderr);
  });
  const stop = async () => {
    child.kill('SIGTERM', new Error('stopped'));
    await child;
  };
  const deadline = Date.now() + LONGEST_START;
  while (!(await isOpen(port))) {
    if (ended !== undefined) throw new Error(`${command} did not start: ${ended}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`${command} did not open its port in time.`);
    }
    await wait(100);
  }
  return stop;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
