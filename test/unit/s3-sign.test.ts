import { describe, expect, it } from 'vitest';
import { encodePath, Signer, sha256 } from '../../src/adapters/s3/lean/sign.js';

/** Keys and requests of Amazon's own examples (sig-v4-header-based-auth.html). */
const CREDENTIALS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const AT = Date.UTC(2013, 4, 24);
const host = 'examplebucket.s3.amazonaws.com';

describe('signatures', () => {
  const signer = new Signer('us-east-1');

  it('of a GET are those of Amazon’s example', () => {
    const headers = { host, range: 'bytes=0-9', 'x-amz-content-sha256': sha256('') };
    const signed = signer.sign({ method: 'GET', path: '/test.txt', headers }, CREDENTIALS, AT);
    expect(signed).toEqual({
      ...headers,
      'x-amz-date': '20130524T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    });
  });

  it('of a PUT are those of Amazon’s example', () => {
    const headers = {
      host,
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-content-sha256': sha256('Welcome to Amazon S3.'),
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    };
    const path = encodePath('/test$file.text');
    const { authorization } = signer.sign({ method: 'PUT', path, headers }, CREDENTIALS, AT);
    expect(authorization).toContain(
      'Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    );
  });

  it('change with the day, the secret and the session', () => {
    const sign = (credentials: typeof CREDENTIALS & { sessionToken?: string }, at: number) =>
      signer.sign(
        { method: 'GET', path: '/', headers: { host, 'x-amz-content-sha256': sha256('') } },
        credentials,
        at,
      );
    const signatures = [
      sign(CREDENTIALS, AT),
      sign(CREDENTIALS, AT + 86_400_000),
      sign({ ...CREDENTIALS, secretAccessKey: 'other' }, AT),
      sign({ ...CREDENTIALS, sessionToken: 'token' }, AT),
    ].map(({ authorization }) => authorization);
    expect(new Set(signatures).size).toBe(4);
    expect(sign({ ...CREDENTIALS, sessionToken: 'token' }, AT)['x-amz-security-token']).toBe('token');
    expect(sign(CREDENTIALS, AT).authorization).toBe(signatures[0]);
  });
});

describe('paths', () => {
  it.each([
    ['/bucket/a b+c/ü~-._', '/bucket/a%20b%2Bc/%C3%BC~-._'],
    ["/!'()*%/?#&=@:", '/%21%27%28%29%2A%25/%3F%23%26%3D%40%3A'],
  ])('%s', (path, encoded) => {
    expect(encodePath(path)).toBe(encoded);
  });
});
