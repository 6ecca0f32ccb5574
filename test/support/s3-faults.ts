import type { ServerResponse } from 'node:http';

export interface ErrorFault {
  readonly type: 'error';
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer waits so long: what came before it has been answered then. */
  readonly milliseconds?: number;
}

/** What the server does instead of answering properly. */
export type Fault =
  | ErrorFault
  /** The connection is cut before anything is done. */
  | { readonly type: 'reset' }
  /** The request is carried out, but the answer never arrives. */
  | { readonly type: 'lost-answer' }
  /** The connection is cut in the middle of the object. */
  | { readonly type: 'reset-mid-body' }
  /** The body ends early, without an error on the connection. */
  | { readonly type: 'truncated' }
  /** The object's bytes come one by one, `milliseconds` apart. */
  | { readonly type: 'slow'; readonly milliseconds: number }
  /** No answer at all. */
  | { readonly type: 'hang' }
  | { readonly type: 'html-200' }
  | { readonly type: 'wrong-bytes' };

const error = (status: number, code: string, message: string, headers = {}): ErrorFault => ({
  type: 'error',
  status,
  code,
  message,
  headers,
});

const DENIED =
  'User: arn:aws:sts::123456789012:assumed-role/voclabs/user1=ana is not authorized to perform: s3:PutObject';

/** The answers of real servers that the program has to understand. */
export const FAULTS = {
  slowDown: error(503, 'SlowDown', 'Please reduce your request rate.'),
  internalError: error(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  conflict: error(
    409,
    'ConditionalRequestConflict',
    'The conditional request cannot succeed due to a conflict.',
  ),
  expired: error(400, 'ExpiredToken', 'The provided token has expired.'),
  explicitDeny: error(403, 'AccessDenied', `${DENIED} with an explicit deny in an identity-based policy`),
  labEnded: error(
    403,
    'AccessDenied',
    `${DENIED} with an explicit deny in an identity-based policy: voc-cancel-cred`,
  ),
  notAllowed: error(403, 'AccessDenied', 'Access Denied'),
  skewed: error(
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
  ),
  noConditions: error(
    501,
    'NotImplemented',
    'A header you provided implies functionality that is not implemented.',
  ),
  wrongRegion: (region: string) =>
    error(301, 'PermanentRedirect', 'The bucket must be addressed using the specified endpoint.', {
      'x-amz-bucket-region': region,
    }),
  reset: { type: 'reset' },
  lostAnswer: { type: 'lost-answer' },
  resetMidBody: { type: 'reset-mid-body' },
  truncated: { type: 'truncated' },
  hang: { type: 'hang' },
  html200: { type: 'html-200' },
  wrongBytes: { type: 'wrong-bytes' },
} as const;

/** Sends an object's bytes the way the fault wants it. */
export async function sendFaulty(response: ServerResponse, bytes: Buffer, fault: Fault): Promise<void> {
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  switch (fault.type) {
    case 'reset-mid-body':
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(half, () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
      return;
    case 'truncated':
      response.writeHead(200, { 'content-length': bytes.length, connection: 'close' });
      response.write(half, () => response.socket?.end());
      return;
    case 'slow':
      response.writeHead(200, { 'content-length': bytes.length });
      for (const byte of bytes) {
        await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
        if (response.destroyed) return;
        response.write(Buffer.of(byte));
      }
      response.end();
      return;
    default:
      response.end(Buffer.concat([Buffer.from('not '), bytes]));
  }
}
