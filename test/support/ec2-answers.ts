import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Ec2Answer {
  readonly status: number;
  readonly body: string;
}

export interface Ec2Server {
  readonly url: string;
  /** What was asked for, in order. */
  readonly asked: URLSearchParams[];
  close(): Promise<void>;
}

/** A refusal as EC2 writes it. */
export function refusal(code: string, status: number, message = code): Ec2Answer {
  const error = `<Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>`;
  return { status, body: `<?xml version="1.0"?><Response>${error}<RequestID>r-1</RequestID></Response>` };
}

export function answer(action: string, content = ''): Ec2Answer {
  const root = `${action}Response`;
  return { status: 200, body: `<${root}><requestId>r-1</requestId>${content}</${root}>` };
}

/** A server that answers what `respond` says to each request of the query protocols. */
export async function startEc2Server(
  respond: (asked: URLSearchParams, headers: IncomingHttpHeaders) => Ec2Answer,
): Promise<Ec2Server> {
  const asked: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    asked.push(form);
    const { status, body } = respond(form, request.headers);
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
