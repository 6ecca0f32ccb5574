import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { type S3Server, startS3Server } from '../support/s3-server.js';
import { TRANSPORTS } from '../support/s3-transports.js';
import { selfSigned } from '../support/self-signed.js';

const EMPTY = 'd41d8cd98f00b204e9800998ecf8427e';

describe.each(TRANSPORTS)('https with a certificate of one’s own, transport: %s', (_, createTransport) => {
  let server: S3Server;
  let directory: string;
  let authorities: string;
  beforeAll(async () => {
    const tls = selfSigned();
    server = await startS3Server({ tls });
    directory = await mkdtemp(path.join(tmpdir(), 'wms-ca-'));
    authorities = path.join(directory, 'ca.pem');
    await writeFile(authorities, tls.cert);
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  const has = (keys: Record<string, string> = {}, env: NodeJS.ProcessEnv = {}) =>
    openTestS3(s3Remote(server.url, keys), { env, createTransport }).store.has(EMPTY);

  it('is refused, and nothing is sent', async () => {
    await expect(has()).rejects.toMatchObject({ kind: 'store/tls', code: 5 });
    expect(server.log).toEqual([]);
  });

  it('is trusted when ssl_verify or AWS_CA_BUNDLE names it', async () => {
    expect(await has({ ssl_verify: authorities })).toBe(false);
    expect(await has({}, { AWS_CA_BUNDLE: authorities })).toBe(false);
  });

  it('is trusted blindly with ssl_verify = false', async () => {
    expect(await has({ ssl_verify: 'false' })).toBe(false);
  });

  it('cannot be trusted through a file that is not there', async () => {
    const missing = path.join(directory, 'missing.pem');
    await expect(has({ ssl_verify: missing })).rejects.toMatchObject({ kind: 'config/ca-bundle', code: 2 });
  });
});
