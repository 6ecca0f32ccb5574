import { afterEach, expect, test, vi } from 'vitest';
import { CLEANING } from '../../src/dataset/claims/cleaning.js';
import { whileCleaning } from '../../src/dataset/claims/while-cleaning.js';
import { noteKey } from '../../src/ports/store-notes.js';
import { MemoryPlace } from '../support/memory-place.js';

afterEach(() => vi.useRealTimers());

const noteOf = (place: MemoryPlace) => place.content.get(noteKey(CLEANING))?.bytes.toString();

test('the note is there during the work, changes with each fence, and is gone afterwards', async () => {
  const place = new MemoryPlace();
  const seen = await whileCleaning(place, {}, async (fence) => {
    const notes = [noteOf(place)];
    for (let at = 0; at < 3; at += 1) {
      expect((await fence()).aborted).toBe(false);
      notes.push(noteOf(place));
    }
    return notes;
  });
  expect(seen).not.toContain(undefined);
  expect(new Set(seen).size).toBe(4);
  expect(noteOf(place)).toBeUndefined();
});

test('the note goes also when the work fails', async () => {
  const place = new MemoryPlace();
  await expect(whileCleaning(place, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(noteOf(place)).toBeUndefined();
});

test('after a minute without a renewal, as on a machine that slept, nothing more is deleted', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const place = new MemoryPlace();
  const work = whileCleaning(place, {}, async (fence) => {
    vi.setSystemTime(Date.now() + 59_000);
    await fence();
    vi.setSystemTime(Date.now() + 61_000);
    await fence();
  });
  await expect(work).rejects.toMatchObject({ kind: 'gc/interrupted', code: 6 });
});

test('who was taken for dead deletes nothing more, and leaves the note of whoever came after it', async () => {
  const place = new MemoryPlace();
  const work = whileCleaning(place, {}, async (fence) => {
    await place.notes.write(CLEANING, Buffer.from('of another gc'));
    await fence();
  });
  await expect(work).rejects.toMatchObject({ kind: 'gc/interrupted' });
  expect(noteOf(place)).toBe('of another gc');
});
