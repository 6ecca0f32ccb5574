import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { objectStoreSuite } from '../contract/object-store.suite.js';
import { peerCommand } from '../support/peers.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import type { SigningKeys } from '../support/s3-sigv4.js';

interface RealServer {
  readonly url: string;
  /** May do everything. */
  readonly keys: SigningKeys;
  stop(): Promise<void>;
}

const running: Promise<RealServer>[] = [];
afterAll(async () => {
  for (const server of await Promise.allSettled(running)) {
    if (server.status === 'fulfilled') await server.value.stop();
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function spawnServer(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  url: string,
): Promise<() => Promise<void>> {
  const child = execa(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], reject: false });
  let ended: string | undefined;
  void child.then(({ stderr }) => {
    ended = String(stderr);
  });
  for (;;) {
    if (ended !== undefined) throw new Error(`${command} did not start: ${ended}`);
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) break;
    await wait(100);
  }
  return async () => {
    child.kill('SIGTERM', new Error('stopped'));
    await child;
  };
}

// The store does this for itself; here are clients of the test's own.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

function client(url: string, { accessKeyId, secretAccessKey }: SigningKeys): S3Client {
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials });
}

async function iam(url: string, action: string, fields: Record<string, string>): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request' },
    body: new URLSearchParams({ Action: action, Version: '2010-05-08', ...fields }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${action}: ${text}`);
  return text;
}

async function createUser(url: string, name: string, statements: object[]): Promise<SigningKeys> {
  await iam(url, 'CreateUser', { UserName: name });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await iam(url, 'PutUserPolicy', { UserName: name, PolicyName: 'policy', PolicyDocument });
  const answer = await iam(url, 'CreateAccessKey', { UserName: name });
  const field = (tag: string) => new RegExp(`<${tag}>([^<]+)`).exec(answer)?.[1] ?? '';
  return { accessKeyId: field('AccessKeyId'), secretAccessKey: field('SecretAccessKey') };
}

const ALLOW = { Effect: 'Allow', Action: '*', Resource: '*' };
const DENY = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
/** Requests that moto lets through before it begins to enforce: two users with a policy and a key each. */
const UNCHECKED = 6;

interface MotoServer extends RealServer {
  readonly denied: SigningKeys;
}

async function startMoto(): Promise<MotoServer> {
  const command = await peerCommand('moto_server');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { INITIAL_NO_AUTH_ACTION_COUNT: String(UNCHECKED) };
  const stop = await spawnServer(command, ['-H', '127.0.0.1', '-p', String(port)], env, `${url}/moto-api/`);
  const keys = await createUser(url, 'ana', [ALLOW]);
  const denied = await createUser(url, 'ben', [ALLOW, DENY]);
  await client(url, keys).send(new CreateBucketCommand({ Bucket: 'wms-test' }));
  return { url, keys, denied, stop };
}

async function startVersity(): Promise<RealServer & { readonly root: string }> {
  const command = await peerCommand('versitygw');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const home = await mkdtemp(path.join(tmpdir(), 'wms-versity-'));
  const root = path.join(home, 'data');
  await mkdir(root);
  const keys = { accessKeyId: 'versityroot', secretAccessKey: 'versity+root/secret' };
  const env = { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey };
  const options = [
    '--port',
    `127.0.0.1:${port}`,
    '--quiet',
    'posix',
    '--sidecar',
    path.join(home, 'meta'),
    root,
  ];
  await mkdir(path.join(home, 'meta'));
  const end = await spawnServer(command, options, env, url);
  const stop = async () => {
    await end();
    await rm(home, { recursive: true, force: true });
  };
  await client(url, keys).send(new CreateBucketCommand({ Bucket: 'wms-test' }));
  return { url, keys, root, stop };
}

function remember<T extends RealServer>(start: () => Promise<T>): () => Promise<T> {
  let server: Promise<T> | undefined;
  return () => {
    if (server === undefined) {
      server = start();
      running.push(server);
    }
    return server;
  };
}

const moto = remember(startMoto);
const versity = remember(startVersity);

const remoteFor = ({ url }: RealServer, { accessKeyId, secretAccessKey }: SigningKeys) =>
  s3Remote(url, { access_key_id: accessKeyId, secret_access_key: secretAccessKey });

for (const [name, start] of Object.entries({ moto, versitygw: versity })) {
  objectStoreSuite(name, async () => {
    const server = await start();
    const remote = remoteFor(server, server.keys);
    return {
      store: openTestS3(remote).store,
      other: openTestS3(remote).store,
      async damage(id, bytes) {
        const place = { Bucket: 'wms-test', Key: `team/dvc/${objectKey(id)}` };
        await client(server.url, server.keys).send(new PutObjectCommand({ ...place, Body: bytes }));
      },
    };
  });

  describe(`credentials on ${name}`, () => {
    let server: RealServer;
    beforeAll(async () => {
      server = await start();
    });
    const bytes = randomBytes(100);
    const id = createHash('md5').update(bytes).digest('hex');
    const put = (keys: SigningKeys) => openTestS3(remoteFor(server, keys)).store.put(id, bytes);

    it('a wrong secret', async () => {
      const keys = { ...server.keys, secretAccessKey: 'not+the/secret' };
      await expect(put(keys)).rejects.toMatchObject({ kind: 'credentials/wrong-secret', code: 4 });
    });

    it('an unknown key', async () => {
      const keys = { ...server.keys, accessKeyId: 'AKIAUNKNOWNKEY000000' };
      await expect(put(keys)).rejects.toMatchObject({ kind: 'credentials/unknown-key', code: 4 });
    });

    it('a bucket that is not there', async () => {
      const remote = { ...remoteFor(server, server.keys), bucket: 'no-such-bucket' };
      await expect(openTestS3(remote).store.put(id, bytes)).rejects.toMatchObject({
        kind: 'store/no-bucket',
        code: 5,
      });
      await expect(openTestS3(remote).store.has(id)).rejects.toMatchObject({
        kind: 'store/no-bucket',
        code: 5,
      });
    });

    it('who am I, with good keys and with wrong ones', async () => {
      const line = await openTestS3(remoteFor(server, server.keys)).identity.whoAmI();
      expect(line).toMatch(name === 'moto' ? /^arn:aws:iam::\d+:user\/ana$/ : /^access key vers…root from /);
      const wrong = { ...server.keys, secretAccessKey: 'not+the/secret' };
      const { identity } = openTestS3(remoteFor(server, wrong));
      await expect(identity.whoAmI()).rejects.toMatchObject({ kind: 'credentials/wrong-secret', code: 4 });
    });
  });
}

describe('moto', () => {
  // Amazon says "explicit deny" in its message; moto enforces the policy but answers a plain "Access Denied".
  it('a policy that denies: known by name, but not allowed to write', async () => {
    const server = await moto();
    const { store, identity } = openTestS3(remoteFor(server, server.denied));
    const bytes = randomBytes(100);
    const id = createHash('md5').update(bytes).digest('hex');
    await expect(store.put(id, bytes)).rejects.toMatchObject({ kind: 'credentials/not-allowed', code: 4 });
    expect(await identity.whoAmI()).toMatch(/user\/ben$/);
  });
});

describe('versitygw', () => {
  it('holds exactly the files that DVC would look for', async () => {
    const { root } = await versity();
    const files = await readdir(path.join(root, 'wms-test/team/dvc/files'));
    expect(files).toEqual(['md5']);
  });
});
