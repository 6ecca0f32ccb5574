import { createHmac, hash } from 'node:crypto';
import type { Credentials } from '../credentials.js';

/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

export interface UnsignedRequest {
  readonly method: string;
  /** As it is sent, see `encodePath`. */
  readonly path: string;
  /** All are signed; `host` and `x-amz-content-sha256` must be there. */
  readonly headers: Headers;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/**
 * Signs requests without a query by headers: AWS Signature Version 4,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export class Signer {
  private key: { readonly secret: string; readonly day: string; readonly bytes: Buffer } | undefined;
  private moment = { second: Number.NaN, time: '' };

  /** `service`: as AWS names it in signatures. */
  constructor(
    private readonly region: string,
    private readonly service = 's3',
  ) {}

  /** The request's headers and those that prove who sent it, valid for 15 minutes around `at` (Unix milliseconds). */
  sign({ method, path, headers }: UnsignedRequest, credentials: Credentials, at: number): Headers {
    const time = this.timeOf(at);
    const { accessKeyId, sessionToken } = credentials;
    const all: Record<string, string> = { ...headers, 'x-amz-date': time };
    if (sessionToken !== undefined) all['x-amz-security-token'] = sessionToken;
    const names = Object.keys(all).sort();
    let lines = '';
    for (const name of names) lines += `${name}:${all[name]?.trim().replace(/ {2,}/g, ' ')}\n`;
    const signed = names.join(';');
    const canonical = `${method}\n${path}\n\n${lines}\n${signed}\n${all['x-amz-content-sha256']}`;
    const day = time.slice(0, 8);
    const scope = `${day}/${this.region}/${this.service}/aws4_request`;
    const signature = createHmac('sha256', this.keyOf(credentials.secretAccessKey, day))
      .update(`${ALGORITHM}\n${time}\n${scope}\n${sha256(canonical)}`)
      .digest('hex');
    all.authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return all;
  }

  /** `20261130T093000Z` */
  private timeOf(at: number): string {
    const second = Math.floor(at / 1000);
    if (this.moment.second !== second) {
      const time = new Date(second * 1000).toISOString().replace(/[-:]|\.\d{3}/g, '');
      this.moment = { second, time };
    }
    return this.moment.time;
  }

  private keyOf(secret: string, day: string): Buffer {
    if (this.key?.secret !== secret || this.key.day !== day) {
      const bytes = [day, this.region, this.service, 'aws4_request'].reduce<Buffer>(
        (key, part) => createHmac('sha256', key).update(part).digest(),
        Buffer.from(`AWS4${secret}`),
      );
      this.key = { secret, day, bytes };
    }
    return this.key.bytes;
  }
}

export function sha256(data: Buffer | string): string {
  return hash('sha256', data);
}

const UNRESERVED = /^[\w.~/-]*$/;

/** Everything but unreserved characters in percent-encoding, as the canonical request wants it; slashes stay. */
export function encodePath(path: string): string {
  if (UNRESERVED.test(path)) return path;
  return encodeURIComponent(path)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
