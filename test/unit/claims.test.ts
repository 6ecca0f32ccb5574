import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { processSpace } from '../../src/clone/processes.js';
import { claimObjects, readClaim } from '../../src/dataset/claims/claim.js';
import { CLEANING, untilNotCleaned } from '../../src/dataset/claims/cleaning.js';
import { MemoryNotes } from '../support/memory-notes.js';

const A = 'a'.repeat(32);
const B = `${'b'.repeat(32)}.dir`;

/** Notes that remember in which order they were asked. */
class WatchedNotes extends MemoryNotes {
  readonly calls: string[] = [];

  override async read(name: string): Promise<Buffer | null> {
    this.calls.push(`read ${name}`);
    return super.read(name);
  }

  override async write(name: string, bytes: Buffer): Promise<void> {
    this.calls.push(`write ${name.split('/')[0]}`);
    return super.write(name, bytes);
  }
}

test('a claim is written before the note of a gc is read, and names each object once', async () => {
  const notes = new WatchedNotes();
  await claimObjects(notes, [A, B, A]);
  expect(notes.calls).toEqual(['write claims', 'read cleaning']);
  const [bytes] = [...notes.content.values()];
  expect(readClaim(bytes!)).toEqual([A, B]);
});

test('every claim is one of its own', async () => {
  const notes = new MemoryNotes();
  await claimObjects(notes, [A]);
  await claimObjects(notes, [B]);
  expect([...notes.content.values()].map(readClaim)).toEqual([[A], [B]]);
});

test.each([
  ['half of one', '{"objects":["aaaa'],
  ['another format', '{"version":2,"entries":[]}'],
  ['something else than ids', '{"objects":["latest"]}'],
  ['no JSON', 'objects: []'],
])('%s is no claim', (_, text) => {
  expect(readClaim(Buffer.from(text))).toBeNull();
});

test('while somebody deletes, a claim waits, and says so', async () => {
  const notes = new MemoryNotes();
  notes.content.set(CLEANING, Buffer.from('0'));
  let waited = 0;
  let said = 0;
  await claimObjects(notes, [A], {
    onWait: () => {
      said += 1;
    },
    pause: async () => {
      waited += 1;
      // Alive for an hour: its note goes on changing.
      if (waited < 3600) notes.content.set(CLEANING, Buffer.from(String(Math.floor(waited / 10))));
      else notes.content.delete(CLEANING);
    },
  });
  expect([waited, said]).toEqual([3600, 3600]);
});

test('whoever let its note be for two and a half minutes is dead; the note is answered', async () => {
  const notes = new MemoryNotes();
  notes.content.set(CLEANING, Buffer.from('left behind'));
  let seconds = 0;
  const left = await untilNotCleaned(notes, {
    pause: async (milliseconds) => {
      seconds += milliseconds / 1000;
    },
  });
  expect(left?.toString()).toBe('left behind');
  expect(seconds).toBe(150);
});

test('a note of a process of this machine that does not run is of no account; one that runs is waited for', async () => {
  const space = await processSpace();
  const noteOf = (pid: number, where: string | null) =>
    Buffer.from(JSON.stringify({ by: 'x', count: 1, pid, space: where }));
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const notes = new MemoryNotes();
  const pause = async () => {
    throw new Error('waits');
  };
  notes.content.set(CLEANING, noteOf(process.pid, space));
  await expect(untilNotCleaned(notes, { pause })).rejects.toThrow('waits');
  notes.content.set(CLEANING, noteOf(dead, 'another machine'));
  await expect(untilNotCleaned(notes, { pause })).rejects.toThrow('waits');
  if (space === null) return;
  notes.content.set(CLEANING, noteOf(dead, space));
  expect(await untilNotCleaned(notes, { pause })).toEqual(noteOf(dead, space));
});

test('waiting ends with the signal', async () => {
  const notes = new MemoryNotes();
  notes.content.set(CLEANING, Buffer.from('x'));
  const controller = new AbortController();
  const waiting = claimObjects(notes, [A], {
    signal: controller.signal,
    onWait: () => controller.abort(new Error('the user pressed Ctrl-C')),
  });
  await expect(waiting).rejects.toThrow(/abort|Ctrl-C/);
});
