import { describe, expect, it } from 'vitest';
import type { CredentialsSource } from '../../src/adapters/s3/credentials.js';
import { type ErrorContext, s3Error } from '../../src/adapters/s3/errors.js';
import { EXIT, WmsError } from '../../src/errors.js';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

const context = (
  source: CredentialsSource = { from: 'chain', file: '/home/ana/.aws/credentials' },
): ErrorContext => ({
  url: 's3://meters/dvc',
  bucket: 'meters',
  server: 'Amazon S3',
  region: 'us-east-1',
  source,
  secrets: [SECRET],
});

interface Shape {
  name?: string;
  code?: string;
  message?: string;
  status?: number;
  headers?: Record<string, string>;
  cause?: unknown;
  errors?: unknown[];
}

/** As the SDK throws them: S3's own errors have `Code`, those of the network do not. */
function sdkError({ name = 'Error', code, message = 'message', status, headers, ...rest }: Shape): Error {
  const fromS3 =
    status === undefined ? {} : { Code: name, $metadata: { httpStatusCode: status, requestId: 'r' } };
  return Object.assign(new Error(message), { name, code, ...fromS3, $response: { headers }, ...rest });
}

const deny =
  'User: arn:aws:sts::1:assumed-role/voclabs/user1=ana is not authorized to perform: s3:PutObject on resource';

const TABLE: [string, number, Shape][] = [
  [
    'credentials/missing',
    4,
    { name: 'CredentialsProviderError', message: 'Could not load credentials from any providers' },
  ],
  [
    'credentials/sso-expired',
    4,
    { name: 'CredentialsProviderError', message: 'The SSO session has expired. Run aws sso login' },
  ],
  ['credentials/expired', 4, { name: 'ExpiredToken', status: 400 }],
  ['credentials/expired', 4, { name: 'ExpiredTokenException', status: 403 }],
  ['credentials/invalid-token', 4, { name: 'InvalidToken', status: 400 }],
  ['credentials/unknown-key', 4, { name: 'InvalidAccessKeyId', status: 403 }],
  ['credentials/unknown-key', 4, { name: 'InvalidClientTokenId', status: 403 }],
  ['credentials/wrong-secret', 4, { name: 'SignatureDoesNotMatch', status: 403 }],
  ['credentials/clock-skew', 4, { name: 'RequestTimeTooSkewed', status: 403 }],
  [
    'credentials/clock-skew',
    4,
    {
      name: 'SignatureDoesNotMatch',
      status: 403,
      message: 'Signature expired: 2026 is now earlier than 2027',
    },
  ],
  [
    'credentials/lab-ended',
    4,
    {
      name: 'AccessDenied',
      status: 403,
      message: `${deny} with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/voc-cancel-cred`,
    },
  ],
  [
    'credentials/denied',
    4,
    {
      name: 'AccessDenied',
      status: 403,
      message: `${deny} with an explicit deny in a service control policy`,
    },
  ],
  ['credentials/not-allowed', 4, { name: 'AccessDenied', status: 403, message: 'Access Denied' }],
  ['store/no-bucket', 5, { name: 'NoSuchBucket', status: 404 }],
  [
    'store/wrong-region',
    5,
    { name: 'PermanentRedirect', status: 301, headers: { 'x-amz-bucket-region': 'eu-west-3' } },
  ],
  [
    'store/wrong-region',
    5,
    { name: 'AuthorizationHeaderMalformed', status: 400, message: "the region 'a' is wrong; expecting 'b'" },
  ],
  ['store/unreachable', 5, { code: 'ECONNREFUSED' }],
  ['store/unreachable', 5, { code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND s3.nowhere' }],
  [
    'store/unreachable',
    5,
    {
      name: 'TimeoutError',
      message: '@smithy/x - the request socket did not establish a connection with the server',
    },
  ],
  ['store/unreachable', 5, { name: 'AggregateError', errors: [{ code: 'ENETUNREACH' }] }],
  ['store/tls', 5, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed certificate' }],
  ['store/tls', 5, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
  ['store/tls', 5, { code: 'CERT_HAS_EXPIRED' }],
  ['store/tls', 5, { code: 'EPROTO', message: 'write EPROTO: SSL routines: wrong version number' }],
  ['store/interrupted', 5, { name: 'TimeoutError', code: 'ECONNRESET' }],
  ['store/interrupted', 5, { message: 'aborted' }],
  ['store/busy', 5, { name: 'SlowDown', status: 503 }],
  ['store/server-error', 5, { name: 'InternalError', status: 500 }],
  ['store/not-s3', 5, { name: 'Unknown', cause: undefined }],
  ['store/refused', 5, { name: 'EntityTooLarge', status: 400 }],
];

describe('errors of S3', () => {
  it.each(TABLE)('%s (exit code %i)', (kind, code, shape) => {
    const error = sdkError(shape);
    if (kind === 'store/not-s3') Object.assign(error, { $metadata: { httpStatusCode: 407 } });
    const translated = s3Error(error, context());
    expect(translated).toMatchObject({
      kind,
      code,
      why: expect.stringMatching(/\S/),
      next: expect.stringMatching(/\S/),
    });
    expect(translated.message).toMatch(/^[A-Z].*\.$/);
  });

  it('have a text of their own, each', () => {
    const texts = new Map(
      TABLE.map(([kind, , shape]) => [kind, s3Error(sdkError(shape), context()).message]),
    );
    texts.delete('store/not-s3');
    expect(new Set(texts.values()).size).toBe(texts.size);
  });

  it('never repeat a secret, even when a server does', () => {
    const message = `explicit deny for ${SECRET}`;
    for (const name of ['AccessDenied', 'Whatever']) {
      const {
        message: what,
        why,
        next,
        cause,
      } = s3Error(sdkError({ name, status: 400, message }), context());
      expect(`${what} ${why} ${next}`).not.toContain(SECRET);
      expect(cause).toBeUndefined();
    }
  });

  it('name the region that would be right', () => {
    const [, , shape] = TABLE.find(([kind]) => kind === 'store/wrong-region')!;
    expect(s3Error(sdkError(shape), context()).next).toContain('region = eu-west-3');
  });

  const expired = sdkError({ name: 'ExpiredToken', status: 400 });
  it.each<[CredentialsSource, string, string]>([
    [
      { from: 'profile', profile: 'lab', file: '/c' },
      'the profile "lab" in /c',
      'npx wms login --profile lab',
    ],
    [{ from: 'profile', profile: 'default', file: '/c' }, 'the profile "default" in /c', 'npx wms login'],
    [{ from: 'environment', keys: { accessKeyId: 'a', secretAccessKey: 'b' } }, 'AWS_ACCESS_KEY_ID', 'unset'],
    [
      { from: 'dvc-config', keys: { accessKeyId: 'a', secretAccessKey: 'b' } },
      '.dvc/config',
      '.dvc/config.local',
    ],
  ])('say where the credentials come from: %o', (source, why, next) => {
    const error = s3Error(expired, context(source));
    expect(error.why).toContain(why);
    expect(error.next).toContain(next);
  });

  it('name the profile of a single sign-on', () => {
    const [, , shape] = TABLE.find(([kind]) => kind === 'credentials/sso-expired')!;
    const source: CredentialsSource = { from: 'profile', profile: 'team', file: '/c' };
    expect(s3Error(sdkError(shape), context(source)).next).toBe('aws sso login --profile team');
  });

  it('leave a WmsError as it is', () => {
    const error = new WmsError({ kind: 'k', code: EXIT.usage, what: 'w' });
    expect(s3Error(error, context())).toBe(error);
  });
});
