import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

const refuse = (status: number, code: string, message: string): Refusal => ({ status, code, message });
const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest();
const MAX_SKEW = 15 * 60 * 1000;

/** Checks a Signature Version 4 header completely, as S3 does. Null when the request is sound. */
export function checkSignature(
  request: IncomingMessage,
  body: Buffer,
  keys: readonly SigningKeys[],
  region: string | undefined,
): Refusal | null {
  const header = request.headers.authorization;
  if (header === undefined) return refuse(403, 'AccessDenied', 'Access Denied');
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(header);
  const [, credential = '', signedHeaders = '', signature = ''] = match ?? [];
  const [accessKeyId, date = '', scopeRegion = '', service = ''] = credential.split('/');
  if (match === null || service === '')
    return refuse(400, 'AuthorizationHeaderMalformed', 'The header is malformed.');
  const key = keys.find((candidate) => candidate.accessKeyId === accessKeyId);
  if (key === undefined) {
    return refuse(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    );
  }
  const time = String(request.headers['x-amz-date'] ?? '');
  const when = Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - when) <= MAX_SKEW) || !time.startsWith(date)) {
    return refuse(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  }
  if (region !== undefined && scopeRegion !== region) {
    const message = `The authorization header is malformed; the region '${scopeRegion}' is wrong; expecting '${region}'`;
    return refuse(400, 'AuthorizationHeaderMalformed', message);
  }
  if ((request.headers['x-amz-security-token'] ?? undefined) !== key.sessionToken) {
    return refuse(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
  const declared = request.headers['x-amz-content-sha256'];
  const payload = declared === undefined ? sha256(body) : String(declared);
  const canonical = [
    request.method ?? '',
    new URL(request.url ?? '/', 'http://server').pathname,
    canonicalQuery(request.url ?? ''),
    ...signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    signedHeaders,
    payload,
  ].join('\n');
  const scope = `${date}/${scopeRegion}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const secret = hmac(
    hmac(hmac(hmac(`AWS4${key.secretAccessKey}`, date), scopeRegion), service),
    'aws4_request',
  );
  if (!timingSafeEqual(hmac(secret, toSign), Buffer.from(signature, 'hex'))) {
    return refuse(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.');
  }
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256(body)) {
    return refuse(400, 'XAmzContentSHA256Mismatch', 'The provided x-amz-content-sha256 does not match.');
  }
  return null;
}

function canonicalQuery(url: string): string {
  const query = url.split('?')[1] ?? '';
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => (part.includes('=') ? part : `${part}=`))
    .sort()
    .join('&');
}

/**
 * The bytes behind an aws-chunked body with unsigned chunks. Null when the framing is broken. Signed chunks are not
 * understood: nothing here sends them.
 */
export function decodeChunked(body: Buffer): Buffer | null {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    const size = end < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', at, end), 16);
    if (Number.isNaN(size)) return null;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return null;
}
