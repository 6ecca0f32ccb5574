import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { S3Options } from '../../src/adapters/s3/index.js';
import { isWmsError, type WmsError } from '../../src/errors.js';
import type { ObjectStore } from '../../src/ports/object-store.js';
import { FakeTiming } from '../support/fake-timing.js';
import { FAULTS, type Fault } from '../support/s3-faults.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { type S3Server, startS3Server, TEST_KEYS } from '../support/s3-server.js';
import { TRANSPORTS } from '../support/s3-transports.js';

const bytes = randomBytes(10_000);
const id = createHash('md5').update(bytes).digest('hex');
const key = `team/dvc/files/md5/${id.slice(0, 2)}/${id.slice(2)}`;

async function errorOf(promise: Promise<unknown>): Promise<WmsError> {
  const error = await promise.then(
    (value) => `resolved: ${value}`,
    (caught: unknown) => caught,
  );
  if (!isWmsError(error)) throw new Error(`not a WmsError: ${String(error)}`);
  return error;
}

describe.each(TRANSPORTS)('S3 store, transport: %s', (_, createTransport) => {
  let server: S3Server;
  let timing: FakeTiming;
  beforeEach(async () => {
    server = await startS3Server();
    timing = new FakeTiming();
  });
  afterEach(() => server.close());

  const open = (keys: Record<string, string> = {}, options: Partial<S3Options> = {}): ObjectStore =>
    openTestS3(s3Remote(server.url, keys), { timing, createTransport, ...options }).store;

  describe('requests', () => {
    it('puts a new object with one conditional request that proves the bytes, and never lists', async () => {
      const store = open();
      await store.put(id, bytes);
      await store.put(id, bytes);
      expect(server.log.map(({ operation, status }) => [operation, status])).toEqual([
        ['PutObject', 200],
        ['PutObject', 412],
      ]);
      const { headers } = server.log[0]!;
      expect(headers['if-none-match']).toBe('*');
      expect(headers['content-md5']).toBe(Buffer.from(id, 'hex').toString('base64'));
      expect(headers['content-length']).toBe(String(bytes.length));
      expect(headers['transfer-encoding']).toBeUndefined();
      expect(headers.expect).toBeUndefined();
      expect(Object.keys(headers).filter((name) => name.startsWith('x-amz-checksum'))).toEqual([]);
    });

    it('uses the layout of DVC below the prefix, and the top of a bucket without one', async () => {
      await open().put(id, bytes);
      await open({ url: 's3://wms-test' }).put(`${id}.dir`, bytes);
      expect([...server.objects().keys()].sort()).toEqual(
        [`${key.slice('team/dvc/'.length)}.dir`, key].sort(),
      );
    });

    it('sends nothing when the bytes are not the object', async () => {
      expect((await errorOf(open().put(id, Buffer.from('x')))).kind).toBe('store/wrong-bytes');
      expect(server.log).toEqual([]);
    });

    it('hashes again before a second attempt', async () => {
      server.inject({ fault: FAULTS.slowDown, times: 1 });
      const changing = Buffer.from(bytes);
      timing.onSleep = () => changing.fill(0);
      expect((await errorOf(open().put(id, changing))).kind).toBe('store/wrong-bytes');
      expect(server.count('PutObject')).toBe(1);
    });

    it('passes encryption, rights and the canned list on', async () => {
      await open({ sse: 'aws:kms', sse_kms_key_id: 'key-1', acl: 'bucket-owner-full-control' }).put(
        id,
        bytes,
      );
      expect(server.log[0]!.headers).toMatchObject({
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
        'x-amz-acl': 'bucket-owner-full-control',
      });
      const store = open({ grant_read: 'id=1', sse_customer_key: Buffer.alloc(32, 7).toString('base64') });
      await store.get(id);
      await store.put(id, bytes);
      expect(server.log[1]!.headers['x-amz-server-side-encryption-customer-algorithm']).toBe('AES256');
      expect(server.log[2]!.headers).toMatchObject({ 'x-amz-grant-read': 'id=1' });
    });

    it('sends anonymous requests without a signature', async () => {
      const error = await errorOf(open({ allow_anonymous_login: 'true' }).get(id));
      expect(error.kind).toBe('credentials/not-allowed');
      expect(server.log[0]!.headers.authorization).toBeUndefined();
    });
  });

  describe('servers without conditional writes', () => {
    it('asks first, then writes, and remembers', async () => {
      const store = open();
      server.inject({ fault: FAULTS.noConditions, operation: 'PutObject', times: 1 });
      expect(await store.put(id, bytes)).toBe('created');
      expect(server.objects().get(key)?.equals(bytes)).toBe(true);
      expect(await store.put(id, bytes)).toBe('present');
      expect(server.log.map(({ operation }) => operation)).toEqual([
        'PutObject',
        'GetObject',
        'PutObject',
        'GetObject',
      ]);
      expect(server.log[2]!.headers['if-none-match']).toBeUndefined();
    });
  });

  describe('failures that pass', () => {
    const passing: [string, Fault, number][] = [
      ['a burst of "slow down"', FAULTS.slowDown, 4],
      ['an internal error', FAULTS.internalError, 2],
      ['a conflict with another writer', FAULTS.conflict, 2],
      ['a connection that is cut', FAULTS.reset, 2],
    ];
    it.each(passing)('put survives %s', async (_, fault, times) => {
      server.inject({ fault, operation: 'PutObject', times });
      expect(await open().put(id, bytes)).toBe('created');
      expect(server.count('PutObject')).toBe(times + 1);
      expect(timing.pauses.every((pause) => pause >= 1000 && pause <= 20_000)).toBe(true);
    });

    it('put whose answer got lost finds its own object', async () => {
      server.inject({ fault: FAULTS.lostAnswer, operation: 'PutObject', times: 1 });
      expect(await open().put(id, bytes)).toBe('present');
      expect(server.objects().get(key)?.equals(bytes)).toBe(true);
    });

    const bodies: [string, Fault][] = [
      ['is cut in the middle', FAULTS.resetMidBody],
      ['ends early', FAULTS.truncated],
    ];
    it.each(bodies)('get survives a body that %s', async (_, fault) => {
      server.objects().set(key, bytes);
      server.inject({ fault, operation: 'GetObject', times: 2 });
      expect((await open().get(id)).equals(bytes)).toBe(true);
      expect(server.count('GetObject')).toBe(3);
    });

    it('reads a slow body to its end', async () => {
      const small = Buffer.from('slow');
      const smallId = createHash('md5').update(small).digest('hex');
      server.objects().set(`team/dvc/files/md5/${smallId.slice(0, 2)}/${smallId.slice(2)}`, small);
      server.inject({ fault: { type: 'slow', milliseconds: 20 } });
      expect((await open().get(smallId)).toString()).toBe('slow');
    });

    it('leaves a connection that stays silent for the read timeout, and tries again', async () => {
      server.inject({ fault: FAULTS.hang, times: 1 });
      expect(await open({ read_timeout: '1' }).put(id, bytes)).toBe('created');
      expect(server.count('PutObject')).toBe(2);
    });

    it('gives up at the deadline, with the last reason', async () => {
      server.inject({ fault: FAULTS.slowDown });
      const error = await errorOf(open().put(id, bytes));
      expect(error).toMatchObject({ kind: 'store/busy', code: 5 });
      expect(timing.now()).toBeLessThanOrEqual(120_000);
      expect(server.log.length).toBeGreaterThan(5);
    });

    it('gives up sooner on a server that never answered', async () => {
      const { port } = server;
      await server.close();
      const error = await errorOf(
        openTestS3(s3Remote(`http://127.0.0.1:${port}`), { timing, createTransport }).store.put(id, bytes),
      );
      expect(error).toMatchObject({ kind: 'store/unreachable', code: 5 });
      expect(timing.now()).toBeLessThanOrEqual(8000);
      server = await startS3Server();
    });

    it('makes fewer requests at the same time when asked to slow down, and all objects arrive', async () => {
      server.objects().set(key, bytes.subarray(0, 2));
      server.inject({ fault: FAULTS.slowDown, operation: 'PutObject', times: 16 });
      timing.now = () => 0; // Pauses of many requests at the same time must not add up.
      const store = open({ jobs: '16' });
      const objects = Array.from({ length: 16 }, () => randomBytes(100));
      await Promise.all(
        objects.map((object) => store.put(createHash('md5').update(object).digest('hex'), object)),
      );
      expect(server.objects().size).toBe(17);
      server.inject({ fault: { type: 'slow', milliseconds: 50 } });
      await Promise.allSettled(Array.from({ length: 16 }, () => store.has(id)));
      const reads = server.log.filter(({ operation }) => operation === 'GetObject');
      const most = Math.max(...reads.map(({ simultaneous }) => simultaneous));
      expect(most).toBeGreaterThan(4);
      expect(most).toBeLessThan(13);
    });

    it('stops waiting when it is aborted', async () => {
      server.inject({ fault: FAULTS.slowDown });
      const controller = new AbortController();
      const reason = new Error('stopped');
      timing.onSleep = () => controller.abort(reason);
      await expect(open().put(id, bytes, { signal: controller.signal })).rejects.toBe(reason);
      expect(server.count('PutObject')).toBe(1);
    });

    it('leaves a request that hangs when it is aborted', async () => {
      server.inject({ fault: FAULTS.hang });
      const controller = new AbortController();
      const reason = new Error('stopped');
      const put = open().put(id, bytes, { signal: controller.signal });
      put.catch(() => {});
      await expect.poll(() => server.log.length).toBe(1);
      controller.abort(reason);
      await expect(put).rejects.toBe(reason);
      await expect.poll(() => server.log.map(({ status }) => status)).toEqual(['none sent']);
    });
  });

  describe('answers that must not be believed', () => {
    it.each(['put', 'get', 'has'] as const)('%s: a page instead of S3', async (method) => {
      server.inject({ fault: FAULTS.html200 });
      const store = open();
      const error = await errorOf(method === 'put' ? store.put(id, bytes) : store[method](id));
      expect(error).toMatchObject({ kind: 'store/not-s3', code: 5 });
    });

    it('other bytes than were put', async () => {
      server.objects().set(key, bytes);
      server.inject({ fault: FAULTS.wrongBytes, operation: 'GetObject' });
      expect((await errorOf(open().get(id))).kind).toBe('store/object-corrupt');
    });

    it('a tag that is the MD5 of something else', async () => {
      server.inject({ fault: FAULTS.wrongBytes, operation: 'PutObject' });
      expect((await errorOf(open().put(id, bytes))).kind).toBe('store/object-corrupt');
    });
  });

  describe('failures that somebody has to repair', () => {
    const lasting: [string, Fault, number][] = [
      ['credentials/lab-ended', FAULTS.labEnded, 4],
      ['credentials/denied', FAULTS.explicitDeny, 4],
      ['credentials/not-allowed', FAULTS.notAllowed, 4],
      ['credentials/expired', FAULTS.expired, 4],
      ['credentials/clock-skew', FAULTS.skewed, 4],
    ];
    it.each(lasting)('%s, at the first attempt, whatever is asked', async (kind, fault, code) => {
      server.inject({ fault });
      const store = open();
      for (const ask of [() => store.put(id, bytes), () => store.get(id), () => store.has(id)]) {
        const error = await errorOf(ask());
        expect(error).toMatchObject({ kind, code, next: expect.any(String) });
      }
      expect(timing.pauses).toEqual([]);
      expect(server.log.length).toBe(3);
    });

    it('credentials/unknown-key', async () => {
      const error = await errorOf(open({ access_key_id: 'AKIASOMEBODYELSE' }).put(id, bytes));
      expect(error).toMatchObject({ kind: 'credentials/unknown-key', code: 4 });
    });

    it('credentials/wrong-secret, without telling the secret', async () => {
      const secret = 'averysecretkeythatiswrong0123456789abcde';
      const error = await errorOf(open({ secret_access_key: secret }).put(id, bytes));
      expect(error).toMatchObject({ kind: 'credentials/wrong-secret', code: 4 });
      expect(`${error.message} ${error.why} ${error.next}`).not.toContain(secret);
      expect(error.cause).toBeUndefined();
    });

    it('any error, without repeating a secret that the server repeats', async () => {
      const { secretAccessKey } = TEST_KEYS;
      const fault: Fault = {
        type: 'error',
        status: 400,
        code: 'Odd',
        message: `you sent ${secretAccessKey}`,
      };
      server.inject({ fault });
      const error = await errorOf(open().put(id, bytes));
      expect(error.why).toContain('Odd (400): you sent …');
      expect(`${error.message} ${error.why} ${error.next}`).not.toContain(secretAccessKey);
    });

    it('credentials/invalid-token', async () => {
      const error = await errorOf(open({ session_token: 'cut off' }).put(id, bytes));
      expect(error).toMatchObject({ kind: 'credentials/invalid-token', code: 4 });
    });

    it('credentials/missing', async () => {
      const env = { AWS_PROFILE: 'nobody' };
      const error = await errorOf(open({ access_key_id: '', secret_access_key: '' }, { env }).put(id, bytes));
      expect(error).toMatchObject({ kind: 'credentials/missing', code: 4 });
      expect(error.why).toContain('nobody');
      expect(error.next).toBe('npx wms login --profile nobody');
    });

    it('store/no-bucket, also when it only looks', async () => {
      const store = open({ url: 's3://no-such-bucket/dvc' });
      expect((await errorOf(store.has(id))).kind).toBe('store/no-bucket');
      expect((await errorOf(store.get(id))).kind).toBe('store/no-bucket');
      expect((await errorOf(store.put(id, bytes))).kind).toBe('store/no-bucket');
    });

    it('store/tls: a plain server behind https://', async () => {
      const store = openTestS3(s3Remote(`https://127.0.0.1:${server.port}`), {
        timing,
        createTransport,
      }).store;
      expect(await errorOf(store.put(id, bytes))).toMatchObject({ kind: 'store/tls', code: 5 });
      expect(timing.pauses).toEqual([]);
    });

    it.each([302, 404, 407, 412])('something that is no S3 at all and answers %i', async (status) => {
      const web = createServer((_, response) =>
        response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>no'),
      );
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
      const { port } = web.address() as AddressInfo;
      const store = openTestS3(s3Remote(`http://127.0.0.1:${port}`), { timing, createTransport }).store;
      const errors = await Promise.all([
        errorOf(store.put(id, bytes)),
        errorOf(store.get(id)),
        errorOf(store.has(id)),
      ]);
      expect(errors.map(({ kind }) => kind)).toEqual(['store/not-s3', 'store/not-s3', 'store/not-s3']);
      web.closeAllConnections();
      await new Promise((resolve) => web.close(resolve));
    });
  });

  describe('regions', () => {
    it('a region that is named wrong is an error that names the right one', async () => {
      server.inject({ fault: FAULTS.wrongRegion('eu-central-1') });
      const error = await errorOf(open({ region: 'us-west-2' }).put(id, bytes));
      expect(error).toMatchObject({ kind: 'store/wrong-region', code: 5 });
      expect(error.next).toContain('region = eu-central-1');
    });

    it('a region that nobody named is learned from the answer, once for all requests', async () => {
      await server.close();
      server = await startS3Server({ region: 'eu-central-1' });
      const store = open();
      await store.put(id, bytes);
      await store.get(id);
      expect(server.log.map(({ status }) => status)).toEqual([400, 200, 200]);
    });

    it('comes from the environment', async () => {
      await server.close();
      server = await startS3Server({ region: 'sa-east-1' });
      await open({}, { env: { AWS_REGION: 'sa-east-1' } }).put(id, bytes);
      expect(server.log).toHaveLength(1);
    });
  });

  describe('a clock that is wrong', () => {
    it('is corrected by the answer, when that tells the time', async () => {
      server.inject({
        fault: { ...FAULTS.skewed, headers: { date: new Date(Date.now() + 3_600_000).toUTCString() } },
        times: 1,
      });
      // The corrected time is an hour off for this server, which then refuses for real: the retry did happen.
      expect((await errorOf(open().put(id, bytes))).kind).toBe('credentials/clock-skew');
      expect(server.log).toHaveLength(2);
      expect(server.log[1]!.headers['x-amz-date']).not.toBe(server.log[0]!.headers['x-amz-date']);
    });
  });

  describe('who am I', () => {
    const identity = (keys: Record<string, string> = {}) =>
      openTestS3(s3Remote(server.url, keys), { timing, createTransport }).identity;

    it('names the account', async () => {
      expect(await identity().whoAmI()).toBe(`arn:aws:iam::123456789012:user/${TEST_KEYS.accessKeyId}`);
    });

    it('names key and source where there is no identity service', async () => {
      await server.close();
      server = await startS3Server({ hasSts: false });
      const line = await identity().whoAmI();
      expect(line).toBe('access key AKIA…R001 from the remote in .dvc/config or .dvc/config.local');
    });

    it('notices that a lab has ended although the identity service still answers', async () => {
      server.inject({ fault: FAULTS.labEnded, operation: 'GetObject' });
      expect((await errorOf(identity().whoAmI())).kind).toBe('credentials/lab-ended');
      expect(server.log.find(({ operation }) => operation === 'GetCallerIdentity')?.status).toBe(200);
    });

    it('lets somebody pass who may write but not list', async () => {
      server.inject({ fault: FAULTS.notAllowed, operation: 'GetObject' });
      expect(await identity().whoAmI()).toContain('arn:aws');
    });

    it('says what is wrong with the keys', async () => {
      const wrong = identity({ secret_access_key: 'wrong' });
      expect((await errorOf(wrong.whoAmI())).kind).toBe('credentials/wrong-secret');
      expect((await errorOf(identity({ access_key_id: 'unknown' }).whoAmI())).kind).toBe(
        'credentials/unknown-key',
      );
    });
  });
});
