import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockName, withNoteLock } from '../../src/adapters/directory/note-lock.js';
import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import { FakeTiming } from '../support/fake-timing.js';
import { FAULTS } from '../support/s3-faults.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { startS3Server } from '../support/s3-server.js';
import { makeDirectory } from '../support/scratch.js';

const [first, second] = [Buffer.from('first'), Buffer.from('second')];

test('the lock of a writer that was killed is taken over', async () => {
  const root = makeDirectory();
  const notes = openDirectoryNotes({ path: root });
  await notes.write('cloud/session', first);
  const lock = join(root, 'wms-tmp', lockName('cloud/session'));
  await writeFile(lock, 'of a dead one');
  const old = new Date(Date.now() - 60_000);
  await utimes(lock, old, old);
  expect(await notes.replace('cloud/session', first, second)).toBe(true);
});

test('whoever stood still and lost the lock knows it, and leaves the other one its lock', async () => {
  const lock = join(makeDirectory(), 'lock');
  const seen = await withNoteLock(lock, undefined, async (isOurs) => {
    const before = await isOurs();
    await writeFile(lock, 'another one');
    return [before, await isOurs()];
  });
  expect(seen).toEqual([true, false]);
  await expect(writeFile(lock, '', { flag: 'wx' })).rejects.toThrow('EEXIST');
});

test('S3: an answer that got lost is no lost replacement; a server without conditions is refused', async () => {
  const server = await startS3Server();
  const { notes } = openTestS3(s3Remote(server.url), { timing: new FakeTiming() });
  await notes.write('cloud/session', first);
  server.inject({ fault: FAULTS.lostAnswer, operation: 'PutObject', times: 1 });
  expect(await notes.replace('cloud/session', first, second)).toBe(true);
  server.inject({ fault: FAULTS.noConditions, operation: 'PutObject', times: 1 });
  await expect(notes.replace('cloud/session', second, first)).rejects.toMatchObject({
    kind: 'store/no-conditions',
    code: 5,
  });
  expect((await notes.read('cloud/session'))?.toString()).toBe('second');
  await server.close();
});
