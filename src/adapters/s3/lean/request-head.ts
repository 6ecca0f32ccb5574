import type { Headers } from './sign.js';

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Buffer | undefined;
}

/** As it goes over the wire. */
export interface RawRequest {
  readonly head: string;
  readonly body: Buffer | undefined;
}

/** Above all line breaks, which would end the header and begin another. */
const NOT_FOR_HEADERS = /[^\t\x20-\x7e]/;

/** Throws Node's error for a header that cannot be sent, such as a session token with a stray character. */
export function rawRequest({ method, path, headers, body }: SignedRequest): RawRequest {
  let head = `${method} ${path} HTTP/1.1\r\nuser-agent: wms-hooks\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (NOT_FOR_HEADERS.test(value)) throw invalidCharacter(name);
    head += `${name}: ${value}\r\n`;
  }
  const length = body === undefined ? '' : `content-length: ${body.length}\r\n`;
  return { head: `${head}${length}\r\n`, body };
}

function invalidCharacter(name: string): Error {
  const message = `Invalid character in header content ["${name}"]`;
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_CHAR' });
}
