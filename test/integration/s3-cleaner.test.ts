import { afterEach, beforeEach, expect, test } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { FakeTiming } from '../support/fake-timing.js';
import { md5Of } from '../support/manifests.js';
import { FAULTS } from '../support/s3-faults.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { type S3Server, startS3Server } from '../support/s3-server.js';
import { git } from '../support/scratch.js';
import { commitVersion, s3DvcConfig, s3Key, s3Shelf, smallPairs } from '../support/stored-dataset.js';
import { joinTeam, makeTeam, wms } from '../support/team.js';

let server: S3Server;
beforeEach(async () => {
  server = await startS3Server({ pageSize: 2 });
});
afterEach(() => server.close());

const open = () => openTestS3(s3Remote(server.url), { timing: new FakeTiming() }).cleaner;
const ids = ['a', 'b', 'c'].map(md5Of);
const keys = ids.map(objectKey);
const fill = () => {
  for (const id of ids) server.objects().set(s3Key(id), Buffer.from(id));
};
const isThere = (id: string) => server.objects().has(s3Key(id));
const [first = ''] = ids;

const DENIED = {
  kind: 'store/delete-denied',
  code: 4,
  next: expect.stringContaining('"s3:DeleteObject" on "arn:aws:s3:::wms-test/team/dvc/*"'),
};

test('keys go in one request', async () => {
  fill();
  expect(await open().remove(keys)).toEqual([]);
  expect([server.count('DeleteObjects'), server.log.length]).toEqual([1, 1]);
  expect(server.objects().size).toBe(0);
});

test('no permission to delete, told for each key, as Amazon does: the policy that is needed', async () => {
  fill();
  for (const id of ids) server.undeletable.add(s3Key(id));
  await expect(open().remove(keys)).rejects.toMatchObject(DENIED);
});

test('no permission to delete, told for the whole request', async () => {
  fill();
  const fault = { type: 'error', status: 403, code: 'AccessDenied', message: 'Access Denied' } as const;
  server.inject({ fault, operation: 'DeleteObjects' });
  await expect(open().remove(keys)).rejects.toMatchObject(DENIED);
});

test('keys that stay are named with the reason; the others go', async () => {
  fill();
  server.undeletable.add(s3Key(first));
  expect(await open().remove(keys)).toEqual([
    { key: objectKey(first), reason: 'AccessDenied: Access Denied' },
  ]);
  expect(ids.filter(isThere)).toEqual([first]);
});

test('a server that deletes one object at a time', async () => {
  fill();
  server.inject({ fault: FAULTS.noConditions, operation: 'DeleteObjects' });
  const cleaner = open();
  expect(await cleaner.remove(keys)).toEqual([]);
  expect(server.objects().size).toBe(0);
  await cleaner.remove(keys);
  expect([server.count('DeleteObjects'), server.count('DeleteObject')]).toEqual([1, 6]);
});

test.each([FAULTS.slowDown, FAULTS.internalError, FAULTS.reset])(
  'is patient with a busy server',
  async (fault) => {
    fill();
    server.inject({ fault, operation: 'ListObjectsV2', times: 2 });
    server.inject({ fault, operation: 'DeleteObjects', times: 2 });
    const cleaner = open();
    const found: string[] = [];
    for await (const { key } of cleaner.list('files/md5/')) found.push(key);
    expect(found.sort()).toEqual([...keys].sort());
    expect(await cleaner.remove(keys)).toEqual([]);
    expect(server.objects().size).toBe(0);
  },
);

test('a page of a hotel network is neither an empty store nor a deletion', async () => {
  fill();
  server.inject({ fault: FAULTS.html200 });
  const list = open().list('files/md5/')[Symbol.asyncIterator]();
  await expect(list.next()).rejects.toMatchObject({ code: 5 });
  await expect(open().remove(keys)).rejects.toMatchObject({ code: 5 });
});

test('gc on S3: pages are read to their end; what is young, foreign or not understood stays', async () => {
  const team = await makeTeam({ dvcConfig: s3DvcConfig(server) });
  await commitVersion(team.clone, s3Shelf(server), smallPairs(3));
  await git(team.clone, 'push', '--quiet', '--no-verify');
  const named = [...server.objects().keys()];
  const clone = await joinTeam(team);
  await commitVersion(team.clone, s3Shelf(server), smallPairs(2, 'gone'));
  for (const key of ['team/dvc/files/md5/ab/junk', 'other/files/md5/ab/cd'])
    server.objects().set(key, Buffer.from('x'));
  const young = s3Key(md5Of('stored just now'));
  server.objects().set(young, Buffer.from('stored just now'));
  server.written.set(young, new Date());
  const { exitCode, stdout, stderr } = await wms(clone, ['data', 'gc', '--yes', '--json']);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Deleted 6 objects')]);
  expect(JSON.parse(stdout).kept).toMatchObject({
    named: { objects: 8 },
    young: { objects: 1 },
    'not-understood': { objects: 1 },
  });
  const others = ['team/dvc/files/md5/ab/junk', 'other/files/md5/ab/cd', young];
  expect([...server.objects().keys()].sort()).toEqual([...named, ...others].sort());

  for (const id of ids) server.objects().set(s3Key(id), Buffer.from(id));
  for (const id of ids) server.undeletable.add(s3Key(id));
  const denied = await wms(clone, ['data', 'gc', '--yes']);
  expect(denied.exitCode).toBe(4);
  expect(denied.stderr).toContain('s3:DeleteObject');
});
