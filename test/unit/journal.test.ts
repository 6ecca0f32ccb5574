import { appendFileSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Journal, type JournalKey } from '../../src/publish/journal.js';
import { makeDirectory } from '../support/scratch.js';

const KEY: JournalKey = {
  url: 'origin',
  branch: 'main',
  content: 'c'.repeat(40),
  store: '/srv/store',
  directories: ['images', 'masks'],
};
const BASE = 'b'.repeat(40);
const FIRST = new Date('2026-11-21T10:15:00Z');
const LATER = new Date('2026-11-21T11:00:00Z');
const PUSHING = { branch: 'data/20261121-101500', commit: 'd'.repeat(40) };

async function write(directory: string, base: string | null = BASE): Promise<void> {
  const journal = await Journal.open(directory, KEY, base, FIRST);
  await journal.recordStored('1'.repeat(32));
  await journal.recordStored(`${'2'.repeat(32)}.dir`);
  await journal.recordPushing(PUSHING);
  await journal.close();
}

const fileIn = (directory: string) => join(directory, readdirSync(directory)[0]!);

async function reopen(directory: string, key = KEY, base: string | null = BASE) {
  const journal = await Journal.open(directory, key, base, LATER);
  await journal.close();
  return { startedAt: journal.startedAt, stored: [...journal.stored], pushing: journal.pushing };
}

test('the same publish again knows when it began, what is stored and what it was about to push', async () => {
  const directory = makeDirectory();
  await write(directory);
  expect(await reopen(directory)).toEqual({
    startedAt: FIRST,
    stored: ['1'.repeat(32), `${'2'.repeat(32)}.dir`],
    pushing: PUSHING,
  });
});

test('a publish that has stored nothing yet begins anew: its branch gets the time of now', async () => {
  const directory = makeDirectory();
  await (await Journal.open(directory, KEY, BASE, FIRST)).close();
  expect((await reopen(directory)).startedAt).toEqual(LATER);
});

test('another base begins anew, but what is stored stays known', async () => {
  const directory = makeDirectory();
  await write(directory);
  const again = await reopen(directory, KEY, 'e'.repeat(40));
  expect(again.startedAt).toEqual(LATER);
  expect(again.stored).toHaveLength(2);
  expect(again.pushing).toEqual(PUSHING);
  expect((await reopen(directory, KEY, 'e'.repeat(40))).startedAt).toEqual(LATER);
});

test('no base is a base, too', async () => {
  const directory = makeDirectory();
  await write(directory, null);
  expect((await reopen(directory, KEY, null)).startedAt).toEqual(FIRST);
  expect((await reopen(directory, KEY, BASE)).startedAt).toEqual(LATER);
});

test.each([
  ['remote', { url: 'other' }],
  ['branch', { branch: 'release' }],
  ['commit', { content: 'f'.repeat(40) }],
  ['store', { store: 's3://bucket' }],
  ['directories', { directories: ['photos', 'masks'] }],
])('another %s is another publish', async (_what, change) => {
  const directory = makeDirectory();
  await write(directory);
  expect(await reopen(directory, { ...KEY, ...change })).toEqual({
    startedAt: LATER,
    stored: [],
    pushing: null,
  });
});

test('cut off anywhere, it forgets at most the end, and what is written next is not lost', async () => {
  const original = makeDirectory();
  await write(original);
  const bytes = readFileSync(fileIn(original));
  const header = bytes.indexOf('\n');
  for (let length = header + 1; length <= bytes.length; length += 1) {
    const directory = makeDirectory();
    await write(directory);
    writeFileSync(fileIn(directory), bytes.subarray(0, length));
    const journal = await Journal.open(directory, KEY, BASE, LATER);
    const known = [...journal.stored];
    expect(['1'.repeat(32), `${'2'.repeat(32)}.dir`].slice(0, known.length)).toEqual(known);
    await journal.recordStored('3'.repeat(32));
    await journal.close();
    expect((await reopen(directory)).stored).toEqual([...known, '3'.repeat(32)]);
  }
});

test('whatever a crash of the machine leaves in it is survived', async () => {
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom('null\n', '12\n', '"text"\n', '[]\n', '{}\n', '\0'.repeat(64))
      .map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(garbage, async (bytes) => {
      const directory = makeDirectory();
      await write(directory);
      appendFileSync(fileIn(directory), bytes);
      const journal = await Journal.open(directory, KEY, BASE, LATER);
      await journal.recordStored('3'.repeat(32));
      await journal.close();
      expect((await reopen(directory)).stored).toEqual([
        '1'.repeat(32),
        `${'2'.repeat(32)}.dir`,
        '3'.repeat(32),
      ]);
    }),
    { numRuns: 40 },
  );
});

test('many records at the same time are all kept', async () => {
  const directory = makeDirectory();
  const ids = Array.from({ length: 200 }, (_, index) => index.toString(16).padStart(32, '0'));
  const journal = await Journal.open(directory, KEY, BASE, FIRST);
  await Promise.all(ids.map((id) => journal.recordStored(id)));
  await journal.close();
  expect((await reopen(directory)).stored.sort()).toEqual(ids);
});

test('journals that nobody opened for a month are dropped', async () => {
  const directory = makeDirectory();
  await write(directory);
  const old = fileIn(directory);
  utimesSync(old, FIRST, new Date(LATER.getTime() - 31 * 86_400_000));
  await reopen(directory, { ...KEY, branch: 'release' });
  expect(readdirSync(directory)).not.toContain(old.slice(directory.length + 1));
  expect(readdirSync(directory)).toHaveLength(1);
});

test('objects that are recorded while others are being written are all remembered', async () => {
  const directory = makeDirectory();
  const journal = await Journal.open(directory, KEY, BASE, FIRST);
  const ids = Array.from({ length: 50 }, (_, at) => String(at).padStart(32, '0'));
  const early = ids.slice(0, 20).map((id) => journal.recordStored(id));
  await early[0];
  expect(readFileSync(fileIn(directory), 'utf8')).toContain(ids[0]!);
  await Promise.all([...early, ...ids.slice(20).map((id) => journal.recordStored(id))]);
  await journal.close();
  expect((await reopen(directory)).stored).toEqual(ids);
});
