import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ObjectStore, objectKey } from '../../src/ports/object-store.js';
import type { StoreCleaner, StoredKey } from '../../src/ports/store-cleaner.js';
import { noteKey, type StoreNotes } from '../../src/ports/store-notes.js';

export interface CleanerUnderTest {
  readonly store: ObjectStore;
  readonly notes: StoreNotes;
  readonly cleaner: StoreCleaner;
  /** Another door to the same place: another teammate. */
  readonly other: { readonly notes: StoreNotes; readonly cleaner: StoreCleaner };
  readonly close?: () => Promise<void> | void;
}

const MINUTE = 60_000;

/** The promises in src/ports/store-cleaner.ts; `storeNotesSuite` has those of notes. */
export function storeCleanerSuite(name: string, open: () => Promise<CleanerUnderTest>): void {
  describe(`StoreCleaner: ${name}`, () => {
    let under: CleanerUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(async () => under?.close?.());

    const listed = async (prefix = 'files/md5/') => {
      const found = new Map<string, StoredKey>();
      for await (const one of under.cleaner.list(prefix)) {
        expect(found.has(one.key)).toBe(false);
        found.set(one.key, one);
      }
      return found;
    };
    const stored = async (size = 100, suffix = '') => {
      const bytes = randomBytes(size);
      const id = createHash('md5').update(bytes).digest('hex') + suffix;
      await under.store.put(id, bytes);
      return { id, key: objectKey(id), bytes };
    };

    it('lists nothing where nothing is', async () => {
      expect((await listed('wms/nothing/')).size).toBe(0);
    });

    it('lists objects and manifests, with their sizes and an age by the store’s clock', async () => {
      const object = await stored(1234);
      const manifest = await stored(50, '.dir');
      const found = await listed();
      expect(found.get(object.key)?.bytes).toBe(1234);
      expect(found.get(manifest.key)?.bytes).toBe(50);
      // S3 counts whole seconds.
      expect(found.get(object.key)?.age).toBeGreaterThan(-MINUTE);
      expect(found.get(object.key)?.age).toBeLessThan(MINUTE);
    });

    it('lists more than one page, and only below the prefix', async () => {
      const objects = await Promise.all(Array.from({ length: 25 }, () => stored()));
      const directory = randomUUID();
      await under.notes.write(`${directory}/one`, Buffer.from('x'));
      const found = await listed();
      for (const { key } of objects) expect(found.has(key)).toBe(true);
      expect([...found.keys()].filter((key) => !key.startsWith('files/md5/'))).toEqual([]);
      expect([...(await listed(`wms/${directory}/`)).keys()]).toEqual([`wms/${directory}/one`]);
    });

    it('removes what it is told and nothing else; gone already is as good', async () => {
      const [gone, kept] = [await stored(), await stored(10, '.dir')];
      expect(await under.cleaner.remove([gone.key])).toEqual([]);
      expect(await under.store.has(gone.id)).toBe(false);
      expect(await under.store.has(kept.id)).toBe(true);
      expect(await under.other.cleaner.remove([gone.key, kept.key])).toEqual([]);
      expect(await under.store.has(kept.id)).toBe(false);
    });

    it('removes more than the thousand keys that one request takes', async () => {
      const last = await stored();
      const absent = Array.from({ length: 1001 }, () => objectKey(randomBytes(16).toString('hex')));
      expect(await under.cleaner.remove([...absent, last.key])).toEqual([]);
      expect(await under.store.has(last.id)).toBe(false);
    });

    it.each([
      '',
      'files/md5/',
      'files/md5/ab/junk',
      'files/md5/ab/..',
      'wms/../files/md5',
      `ab/${'0'.repeat(30)}`,
      'dvc/x',
    ])('refuses the key %j, with all others of the call', async (foreign) => {
      const object = await stored();
      await expect(under.cleaner.remove([object.key, foreign])).rejects.toThrow('not ours to delete');
      expect(await under.store.has(object.id)).toBe(true);
    });

    it('rejects with the reason of an aborted signal, and removes nothing', async () => {
      const object = await stored();
      const reason = new Error('stopped');
      const signal = AbortSignal.abort(reason);
      await expect(under.cleaner.remove([object.key], { signal })).rejects.toBe(reason);
      const list = under.cleaner.list('files/md5/', { signal })[Symbol.asyncIterator]();
      await expect(list.next()).rejects.toBe(reason);
      expect(await under.store.has(object.id)).toBe(true);
    });

    it('keeps notes: read by anybody, created once, overwritten, removed', async () => {
      const name = `claims/${randomUUID()}`;
      const { notes, other, cleaner } = under;
      expect(await notes.read(name)).toBeNull();
      expect(await notes.create(name, Buffer.from('first'))).toBe(true);
      expect(await other.notes.create(name, Buffer.from('second'))).toBe(false);
      expect((await other.notes.read(name))?.toString()).toBe('first');
      await other.notes.write(name, Buffer.from('third'));
      expect((await notes.read(name))?.toString()).toBe('third');
      expect(await cleaner.remove([noteKey(name)])).toEqual([]);
      expect(await other.notes.read(name)).toBeNull();
    });
  });
}
