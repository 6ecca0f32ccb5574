import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  /** Longest time without a byte in either direction, milliseconds. */
  readonly silence: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Sends requests over kept connections. Node's own `fetch` takes no certificate authority, so this is `node:http`.
 * Rejects with what the network said, also when a body ends before its announced length; redirects are not followed.
 */
export function openHttp(tls: { readonly rejectUnauthorized?: boolean; readonly ca?: Buffer }): Send {
  const plain = new Agent({ keepAlive: true, maxSockets: 8 });
  const secure = new TlsAgent({ keepAlive: true, maxSockets: 8, ...tls });
  return async ({ method, url, headers, body, silence, signal }) => {
    signal?.throwIfAborted();
    const options = {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
      ...(signal === undefined ? {} : { signal }),
    };
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: secure })
        : httpRequest(url, { ...options, agent: plain });
    request.setTimeout(silence, () => request.destroy(new SilenceError(silence)));
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', reject).end(body);
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await collect(response, signal),
    };
  };
}

async function collect(response: IncomingMessage, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
  return Buffer.concat(chunks);
}

class SilenceError extends Error {
  override readonly name = 'TimeoutError';

  constructor(milliseconds: number) {
    super(`No answer for ${milliseconds / 1000} s.`);
  }
}
