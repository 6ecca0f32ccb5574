import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { openThreadPool } from '../../src/adapters/threads/pool.js';
import { Reading, type ReadingThreads } from '../../src/publish/reading.js';
import { builtModule } from '../support/built-modules.js';
import { md5Of } from '../support/manifests.js';
import { makeDirectory } from '../support/scratch.js';

const { signal } = new AbortController();
const FILES = 150;

/** Files of other sizes, and what they hold. */
function makeFiles() {
  const directory = makeDirectory();
  return Array.from({ length: FILES }, (_, index) => {
    const bytes = randomBytes(index * 100);
    const file = join(directory, String(index));
    writeFileSync(file, bytes);
    return { file, size: bytes.length, md5: md5Of(bytes), bytes };
  });
}

async function openThread(): Promise<ReadingThreads> {
  const program = pathToFileURL(await builtModule('compose-read-thread'));
  return openThreadPool({ program, data: null, threads: 1, jobsPerThread: 2, limitMs: 60_000 });
}

test('a thread answers as this one does: the bytes, or nothing where they are others', async () => {
  const files = makeFiles();
  const [changed, longer, gone] = [files[10], files[20], files[30]];
  if (!changed || !longer || !gone) throw new Error('no files');
  writeFileSync(changed.file, Buffer.alloc(changed.size));
  writeFileSync(longer.file, randomBytes(longer.size + 1));
  rmSync(gone.file);
  const opened = openThread();
  const reading = new Reading(FILES, () => opened);
  const readAll = () => Promise.all(files.map((file) => reading.run(file, signal)));
  const here = await readAll();
  await opened;
  const there = await readAll();
  await reading.close();
  for (const [index, { bytes }] of files.entries()) {
    const wanted = [10, 20, 30].includes(index) ? null : bytes;
    expect(here[index]).toEqual(wanted);
    expect(there[index]).toEqual(wanted);
  }
});

test('few files need no thread', async () => {
  const reading = new Reading(10, () => Promise.reject(new Error('opened')));
  const [first] = makeFiles();
  if (first === undefined) throw new Error('no files');
  expect(await reading.run(first, signal)).toEqual(first.bytes);
  await reading.close();
});

test('a thread that cannot start is told in the end', async () => {
  const reading = new Reading(FILES, () => Promise.reject(new Error('no memory')));
  await expect(reading.close()).rejects.toThrow('no memory');
});
