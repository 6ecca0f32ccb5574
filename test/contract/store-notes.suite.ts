import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreNotes } from '../../src/ports/store-notes.js';

export interface NotesUnderTest {
  readonly notes: StoreNotes;
  /** Another door to the same place: another teammate. */
  readonly other: { readonly notes: StoreNotes };
  readonly close?: () => Promise<void> | void;
}

/**
 * The promises in src/ports/store-notes.ts. `isAtomic` is false for a server that does not keep S3's own promise about
 * If-Match: what it lets through to several at once cannot be mended from outside.
 */
export function storeNotesSuite(
  name: string,
  open: () => Promise<NotesUnderTest>,
  { isAtomic = true } = {},
): void {
  describe(`StoreNotes: ${name}`, () => {
    let under: NotesUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(async () => under?.close?.());

    it('replaces a note only where the expected content is', async () => {
      const name = `claims/${randomUUID()}`;
      const { notes, other } = under;
      const [first, second, third] = ['first', 'second', 'third'].map((text) => Buffer.from(text)) as [
        Buffer,
        Buffer,
        Buffer,
      ];
      expect(await notes.replace(name, first, second)).toBe(false);
      expect(await notes.read(name)).toBeNull();
      await notes.write(name, first);
      expect(await other.notes.replace(name, first, second)).toBe(true);
      expect(await notes.replace(name, first, third)).toBe(false);
      expect((await notes.read(name))?.toString()).toBe('second');
    });

    it.runIf(isAtomic)('lets exactly one of many replace a note, again and again', async () => {
      const name = `claims/${randomUUID()}`;
      let current = Buffer.from('0');
      await under.notes.write(name, current);
      for (let round = 0; round < 5; round += 1) {
        const tries = Array.from({ length: 8 }, (_, at) => Buffer.from(`${round} ${at}`));
        const won = await Promise.all(
          tries.map((bytes, at) => (at % 2 ? under : under.other).notes.replace(name, current, bytes)),
        );
        expect(won.filter(Boolean)).toHaveLength(1);
        current = tries[won.indexOf(true)] as Buffer<ArrayBuffer>;
        expect((await under.notes.read(name))?.toString()).toBe(current.toString());
      }
    });

    it('lets exactly one of many create a note', async () => {
      const name = `claims/${randomUUID()}`;
      const tries = Array.from({ length: 12 }, (_, at) =>
        (at % 2 ? under : under.other).notes.create(name, Buffer.from(`${at}`)),
      );
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    });
  });
}
