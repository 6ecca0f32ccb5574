import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { objectStoreSuite } from '../contract/object-store.suite.js';
import { storeCleanerSuite } from '../contract/store-cleaner.suite.js';
import { storeNotesSuite } from '../contract/store-notes.suite.js';
import { peerCommand } from '../support/peers.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import type { SigningKeys } from '../support/s3-sigv4.js';
import { TRANSPORTS } from '../support/s3-transports.js';
import { selfSigned } from '../support/self-signed.js';
import { freePort, startServerProcess } from '../support/server-process.js';
import { type RealServer, sdkClient, startVersity } from '../support/versitygw.js';

const running: Promise<RealServer>[] = [];
afterAll(async () => {
  for (const server of await Promise.allSettled(running)) {
    if (server.status === 'fulfilled') await server.value.stop();
  }
});

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
  const stop = await startServerProcess(command, ['-H', '127.0.0.1', '-p', String(port)], env, port);
  const keys = await createUser(url, 'ana', [ALLOW]);
  const denied = await createUser(url, 'ben', [ALLOW, DENY]);
  await sdkClient(url, keys).send(new CreateBucketCommand({ Bucket: 'wms-test' }));
  return { url, keys, denied, stop };
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
const versity = remember(() => startVersity());

const remoteFor = ({ url }: RealServer, { accessKeyId, secretAccessKey }: SigningKeys) =>
  s3Remote(url, { access_key_id: accessKeyId, secret_access_key: secretAccessKey });

const cases = Object.entries({ moto, versitygw: versity }).flatMap(([name, start]) =>
  TRANSPORTS.map(([transport, createTransport]) => ({ name, start, transport, createTransport })),
);

const damageThrough = (client: S3Client) => async (id: string, bytes: Buffer) => {
  const place = { Bucket: 'wms-test', Key: `team/dvc/${objectKey(id)}` };
  await client.send(new PutObjectCommand({ ...place, Body: bytes }));
};

for (const { name, start, transport, createTransport } of cases) {
  objectStoreSuite(`${name}, transport: ${transport}`, async () => {
    const server = await start();
    const remote = remoteFor(server, server.keys);
    return {
      store: openTestS3(remote, { createTransport }).store,
      other: openTestS3(remote, { createTransport }).store,
      damage: damageThrough(sdkClient(server.url, server.keys)),
    };
  });

  const openPlace = async () => {
    const server = await start();
    const open = () => openTestS3(remoteFor(server, server.keys), { createTransport });
    return { ...open(), other: open() };
  };
  storeCleanerSuite(`${name}, transport: ${transport}`, openPlace);
  // versitygw 1.8 has let two of eight writers through at once (27 November 2026), moto 5.2 as well (30 November): its
  // threads compare first and write later. test/contract has a server that keeps the promise.
  storeNotesSuite(`${name}, transport: ${transport}`, openPlace, { isAtomic: false });

  describe(`credentials on ${name}, transport: ${transport}`, () => {
    let server: RealServer;
    beforeAll(async () => {
      server = await start();
    });
    const bytes = randomBytes(100);
    const id = createHash('md5').update(bytes).digest('hex');
    const put = (keys: SigningKeys) =>
      openTestS3(remoteFor(server, keys), { createTransport }).store.put(id, bytes);

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
      await expect(openTestS3(remote, { createTransport }).store.put(id, bytes)).rejects.toMatchObject({
        kind: 'store/no-bucket',
        code: 5,
      });
      await expect(openTestS3(remote, { createTransport }).store.has(id)).rejects.toMatchObject({
        kind: 'store/no-bucket',
        code: 5,
      });
    });

    it('who am I, with good keys and with wrong ones', async () => {
      const line = await openTestS3(remoteFor(server, server.keys), { createTransport }).identity.whoAmI();
      expect(line).toMatch(name === 'moto' ? /^arn:aws:iam::\d+:user\/ana$/ : /^access key vers…root from /);
      const wrong = { ...server.keys, secretAccessKey: 'not+the/secret' };
      const { identity } = openTestS3(remoteFor(server, wrong), { createTransport });
      await expect(identity.whoAmI()).rejects.toMatchObject({ kind: 'credentials/wrong-secret', code: 4 });
    });
  });
}

// Over TLS bodies go unsigned, which a server has to know.
for (const [transport, createTransport] of TRANSPORTS) {
  objectStoreSuite(`versitygw, https, transport: ${transport}`, async () => {
    const tls = selfSigned();
    const server = await startVersity(tls);
    const remote = { ...remoteFor(server, server.keys), sslVerify: false };
    return {
      store: openTestS3(remote, { createTransport }).store,
      other: openTestS3(remote, { createTransport }).store,
      damage: damageThrough(sdkClient(server.url, server.keys, tls.cert)),
      close: () => server.stop(),
    };
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
