import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWmsError } from '../../src/errors.js';
import type { ObjectStore } from '../../src/ports/object-store.js';

export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** Another door to the same place: another teammate. */
  readonly other: ObjectStore;
  /** Replaces an object's bytes behind the store's back. */
  readonly damage: (id: string, bytes: Buffer) => Promise<void> | void;
  readonly close?: () => Promise<void> | void;
}

const idOf = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

function fresh(size = 1000): { id: string; bytes: Buffer } {
  const bytes = randomBytes(size);
  return { id: idOf(bytes), bytes };
}

async function kindOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error) => (isWmsError(error) ? error.kind : `not a WmsError: ${error}`),
  );
}

/** The promises in src/ports/object-store.ts. */
export function objectStoreSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`ObjectStore: ${name}`, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(async () => under?.close?.());

    it('gives back what was put, to anybody', async () => {
      const { id, bytes } = fresh(300_000);
      expect(await store.put(id, bytes)).toBe('created');
      expect((await store.get(id)).equals(bytes)).toBe(true);
      expect((await under.other.get(id)).equals(bytes)).toBe(true);
      expect(await under.other.has(id)).toBe(true);
    });

    it('keeps a manifest under its own name, beside an object with the same digest', async () => {
      const { id, bytes } = fresh();
      expect(await store.put(`${id}.dir`, bytes)).toBe('created');
      expect(await store.has(`${id}.dir`)).toBe(true);
      expect(await store.has(id)).toBe(false);
      expect((await store.get(`${id}.dir`)).equals(bytes)).toBe(true);
    });

    it('keeps the object without bytes', async () => {
      const empty = Buffer.alloc(0);
      await store.put(idOf(empty), empty);
      expect(await store.has(idOf(empty))).toBe(true);
      expect(await store.get(idOf(empty))).toHaveLength(0);
    });

    it('keeps bytes that look like text, framing or nothing else', async () => {
      for (const bytes of [
        Buffer.from('3;x\r\nabc\r\n0\r\n\r\n'),
        Buffer.from([0, 255, 13, 10, 0]),
        Buffer.from('é\n'),
      ]) {
        await store.put(idOf(bytes), bytes);
        expect((await store.get(idOf(bytes))).equals(bytes)).toBe(true);
      }
    });

    it('takes a second put as present and changes nothing', async () => {
      const { id, bytes } = fresh();
      await store.put(id, bytes);
      expect(await store.put(id, bytes)).toBe('present');
      expect(await under.other.put(id, bytes)).toBe('present');
      expect((await store.get(id)).equals(bytes)).toBe(true);
    });

    it('lets exactly one of many simultaneous puts create the object', async () => {
      const { id, bytes } = fresh(20_000);
      const puts = Array.from({ length: 20 }, (_, index) => (index % 2 ? store : under.other).put(id, bytes));
      const outcomes = await Promise.all(puts);
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      expect((await store.get(id)).equals(bytes)).toBe(true);
    });

    it('refuses bytes that are not the object, and stores nothing', async () => {
      const { id } = fresh();
      expect(await kindOf(store.put(id, Buffer.from('other bytes')))).toBe('store/wrong-bytes');
      expect(await store.has(id)).toBe(false);
    });

    it('takes bytes that the caller has compared', async () => {
      const { id, bytes } = fresh(20_000);
      expect(await store.put(id, bytes, { checked: true })).toBe('created');
      expect(await store.put(id, bytes, { checked: true })).toBe('present');
      expect((await under.other.get(id)).equals(bytes)).toBe(true);
    });

    it('says that an object is missing', async () => {
      const { id } = fresh();
      expect(await store.has(id)).toBe(false);
      const error = await store.get(id).catch((caught: unknown) => caught);
      expect(isWmsError(error, 'store/object-missing')).toBe(true);
      expect(error).toMatchObject({
        code: 5,
        message: expect.stringContaining(store.url),
        next: expect.any(String),
      });
    });

    it('notices damage', async () => {
      const { id, bytes } = fresh();
      await store.put(id, bytes);
      await under.damage(id, Buffer.from('damaged'));
      expect(await kindOf(store.get(id))).toBe('store/object-corrupt');
    });

    it('leaves the comparison to who wants to make it', async () => {
      const { id, bytes } = fresh();
      expect(await kindOf(store.get(id, { unchecked: true }))).toBe('store/object-missing');
      await store.put(id, bytes);
      expect((await store.get(id, { unchecked: true })).equals(bytes)).toBe(true);
      await under.damage(id, Buffer.from('damaged'));
      expect((await store.get(id, { unchecked: true })).toString()).toBe('damaged');
    });

    it('replaces damaged bytes, and only those', async () => {
      const { id, bytes } = fresh();
      await store.put(id, bytes);
      expect(await store.replace(id, bytes)).toBe('present');
      await under.damage(id, Buffer.from('damaged'));
      expect(await kindOf(store.replace(id, Buffer.from('other bytes')))).toBe('store/wrong-bytes');
      expect(await kindOf(store.get(id))).toBe('store/object-corrupt');
      expect(await store.replace(id, bytes)).toBe('created');
      expect((await under.other.get(id)).equals(bytes)).toBe(true);
    });

    it('puts an object where replace finds none', async () => {
      const { id, bytes } = fresh();
      expect(await store.replace(id, bytes)).toBe('created');
      expect((await store.get(id)).equals(bytes)).toBe(true);
    });

    it('takes many calls at the same time, with one signal for all, and prints no warning', async () => {
      const warnings: Error[] = [];
      const listener = (warning: Error) => warnings.push(warning);
      process.on('warning', listener);
      const objects = Array.from({ length: 100 }, () => fresh(5000));
      const { signal } = new AbortController();
      await Promise.all(objects.map(({ id, bytes }) => store.put(id, bytes, { signal })));
      const read = await Promise.all(objects.map(({ id }) => store.get(id, { signal })));
      process.off('warning', listener);
      expect(warnings).toEqual([]);
      expect(read.every((bytes, index) => bytes.equals(objects[index]!.bytes))).toBe(true);
    });

    it('rejects with the reason of an aborted signal, and leaves nothing', async () => {
      const { id, bytes } = fresh();
      const reason = new Error('the user pressed Ctrl-C');
      const signal = AbortSignal.abort(reason);
      await expect(store.put(id, bytes, { signal })).rejects.toBe(reason);
      await expect(store.get(id, { signal })).rejects.toBe(reason);
      await expect(store.has(id, { signal })).rejects.toBe(reason);
      await expect(store.replace(id, bytes, { signal })).rejects.toBe(reason);
      expect(await store.has(id)).toBe(false);
    });

    it('rejects when the signal is aborted under way', async () => {
      const { id, bytes } = fresh(2_000_000);
      const controller = new AbortController();
      const reason = new Error('stopped');
      const put = store.put(id, bytes, { signal: controller.signal });
      controller.abort(reason);
      await expect(put).rejects.toBe(reason);
    });
  });
}
