import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with a request that matches; the server behind it is a real one. */
type ProxyFault =
  /** Hands the request on, and drops the answer. */
  | 'lose-answer'
  /** Answers 503 itself. */
  | 'busy';

export interface LossyProxy {
  readonly url: string;
  /** The next `times` requests of that method and path end. */
  fail(fault: ProxyFault, match: { method?: string; path: RegExp; times: number }): void;
  /** Requests that arrived, as `POST /path`. */
  readonly log: string[];
  close(): Promise<void>;
}

/** A reverse proxy before `target` that loses answers on demand. */
export async function startLossyProxy(target: string): Promise<LossyProxy> {
  const log: string[] = [];
  const faults: { fault: ProxyFault; method: string | undefined; path: RegExp; left: number }[] = [];
  const next = (incoming: IncomingMessage) => {
    const { method = '', url = '' } = incoming;
    const found = faults.find(
      (each) => each.left > 0 && (each.method ?? method) === method && each.path.test(url),
    );
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  };
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    log.push(`${incoming.method} ${incoming.url?.split('?')[0]}`);
    const fault = next(incoming);
    if (fault === 'busy') {
      incoming.resume();
      return void response.writeHead(503, { 'content-type': 'text/plain' }).end('upstream is busy');
    }
    const { method, headers } = incoming;
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method, headers, agent: false },
      (answer) => {
        if (fault === 'lose-answer') {
          answer.resume().on('end', () => incoming.socket.resetAndDestroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    fail: (fault, { method, path, times }) => faults.push({ fault, method, path, left: times }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
