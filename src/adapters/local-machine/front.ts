import { connect, createServer, type Socket } from 'node:net';
import { LOOPBACK, listen } from './http.js';

/**
 * The address at which people reach a program of the machine. It passes everything on, and knows when it was used last:
 * no system tells that in the same way as another.
 */
export interface Front {
  /** `http://127.0.0.1:5000` */
  readonly url: string;
  /** Milliseconds of `performance.now()`; now while somebody is connected. */
  usedAt(): number;
  /** Port of 127.0.0.1 at which the program listens. */
  passTo(port: number): void;
  close(): void;
}

/** At the preferred port, or at any free one where another program is there. */
export async function openFront(preferred: number): Promise<Front> {
  let target: number | null = null;
  let usedAt = performance.now();
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (from) => {
    usedAt = performance.now();
    if (target === null) return void from.destroy();
    const to = connect({ port: target, host: LOOPBACK, allowHalfOpen: true });
    passOn(from, to);
    passOn(to, from);
    open.add(from);
    from.on('close', () => {
      usedAt = performance.now();
      open.delete(from);
    });
  });
  const port = await listen(server, preferred).catch(() => listen(server, 0));
  return {
    url: `http://${LOOPBACK}:${port}`,
    usedAt: () => (open.size > 0 ? performance.now() : usedAt),
    passTo(next) {
      target = next;
    },
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** One that ended well has written all; what its other side still writes arrives. */
function passOn(one: Socket, other: Socket): void {
  one.on('error', () => other.destroy());
  one.pipe(other);
  one.on('close', () => one.readableEnded || other.destroy());
}
