import { type AddressInfo, connect, createServer, type Server } from 'node:net';

const LOOPBACK = '127.0.0.1';

export async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    const found = await listen(server, port).catch(() => null);
    if (found === null) continue;
    await new Promise((resolve) => server.close(resolve));
    return found;
  }
  throw new Error('no port of 127.0.0.1 is free');
}

/** Answers the port. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Somebody listens there. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
