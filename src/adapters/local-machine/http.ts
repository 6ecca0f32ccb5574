import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';
const MOST_BYTES = 64_000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Null: nobody answered within `limitMs`. With a body it is a POST. Never through a proxy. */
export function askLoopback(
  port: number,
  path: string,
  limitMs: number,
  body?: string,
): Promise<Answer | null> {
  return new Promise((resolve) => {
    const method = body === undefined ? 'GET' : 'POST';
    const signal = AbortSignal.timeout(limitMs);
    const asked = request({ host: LOOPBACK, port, path, method, signal, agent: new Agent() }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', () => resolve(null));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    asked.on('error', () => resolve(null));
    asked.end(body);
  });
}

/** Answers what is posted, at any free port. Null is no permission. */
export async function answerLoopback(
  answer: (body: string) => object | null,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) incoming.destroy();
      else chunks.push(chunk);
    });
    incoming.on('end', () => {
      const told = answer(Buffer.concat(chunks).toString());
      const status = told === null ? 403 : 200;
      outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      outgoing.end(`${JSON.stringify(told)}\n`);
    });
  });
  return { port: await listen(server, 0), server };
}

/** The port. Rejects as Node does when another program listens there. */
export function listen(server: NetServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });
}
