import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { makeDirectory } from './scratch.js';
import { PACKAGE_ROOT } from './team.js';

export interface TrainingMachine {
  readonly port: number;
  readonly ticket: string;
  /** What it printed for itself. */
  printed(): string;
  close(): Promise<void>;
}

/**
 * Takes training commands as a session's machine does, in a mount namespace of this one. Only root can do that. A unit of
 * systemd is not there: what the command leaves running is ended by nobody.
 */
export async function startTrainingMachine(): Promise<TrainingMachine> {
  const ticket = 'machine-ticket';
  const directory = makeDirectory();
  await writeFile(join(directory, 'ticket'), ticket);
  let printed = '';
  let runs = 0;
  const server = createServer({ pauseOnConnect: true }, (socket: Socket) => {
    runs += 1;
    const program = join(PACKAGE_ROOT, 'templates/machine/train.py');
    const words = ['nobody', join(directory, 'ticket'), join(directory, `run-${runs}`)];
    const child = spawn('unshare', ['--mount', '/usr/bin/python3', program, ...words], {
      stdio: [socket, 'ignore', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    child.stderr?.on('data', (chunk) => {
      printed += chunk;
    });
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, ticket, printed: () => printed, close };
}
