import { createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { Forward, TlsTunnel, Tunnel } from '../../ports/tunnels.js';
import { listen } from './local-ports.js';
import { noTunnel } from './no-tunnel.js';

const LONGEST_MS = 10_000;

/** Each connection to a local port becomes one of TLS, which begins with a line: the token, and the port that is meant. */
export async function openTls(place: TlsTunnel, forwards: readonly Forward[]): Promise<Tunnel> {
  try {
    (await reach(place)).destroy();
  } catch (error) {
    throw noTunnel(`TLS on port ${place.port}`, (error as Error).message, error);
  }
  const sockets = new Set<Socket>();
  const servers = await Promise.all(
    forwards.map(async ({ local, remote }) => {
      const server = createServer((socket) => {
        sockets.add(socket.once('close', () => sockets.delete(socket)));
        void pass(place, remote, socket);
      });
      await listen(server, local);
      return server;
    }),
  );
  const ended = Promise.all(servers.map(closed)).then(() => '');
  return {
    ended,
    async close() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      await ended;
    },
  };
}

async function pass(place: TlsTunnel, remote: number, socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  try {
    const there = await reach(place);
    there.write(`${place.token} ${remote}\n`);
    pipeline(socket, there, () => undefined);
    pipeline(there, socket, () => undefined);
  } catch {
    socket.destroy();
  }
}

/** The machine and no other: its certificate is the one authority. It names no address. */
function reach({ address, port, certificate }: TlsTunnel): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port,
      ca: certificate,
      checkServerIdentity: () => undefined,
      timeout: LONGEST_MS,
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`${address}:${port} does not answer`)));
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.once('close', resolve));
}
