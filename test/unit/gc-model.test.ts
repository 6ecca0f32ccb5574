import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimObjects } from '../../src/dataset/claims/claim.js';
import { objectKey } from '../../src/ports/object-store.js';
import { fileOf, keyOf, manifestOf, Pointers, runGc } from '../support/gc-world.js';
import { MemoryPlace } from '../support/memory-place.js';

const DAY = 86_400_000;
const CONTENTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const age = fc.constantFrom(0, 10 * DAY, 29 * DAY, 31 * DAY, 90 * DAY);
const someOf = <T>(values: readonly T[]) => fc.subarray([...values]);

const world = fc.record({
  /** Contents that are stored, each with an age. */
  files: fc.dictionary(fc.constantFrom(...CONTENTS), age),
  /** Stored manifests: what they list, and their ages. */
  manifests: fc.uniqueArray(fc.tuple(someOf(CONTENTS), age), { selector: ([of]) => of.join(), maxLength: 8 }),
  /** Which of them pointers name; and single files that pointers name. */
  named: fc.array(fc.nat(7), { maxLength: 3 }),
  namedFiles: someOf(CONTENTS.slice(0, 3)),
  claims: fc.array(fc.tuple(someOf(CONTENTS), fc.array(fc.nat(7), { maxLength: 2 }), age), { maxLength: 3 }),
});

const FOREIGN = [
  'README.txt',
  'ab/cdef',
  `ab/${'0'.repeat(30)}`,
  `ab/${'0'.repeat(30)}.dir`,
  'files/md5/ab/junk',
  `files/md5/ab/${'0'.repeat(30)}.dir.unpacked`,
  `files/md5/AB/${'0'.repeat(30)}`,
  `files/md5/ab/${'0'.repeat(30)}/more`,
  'files/md5/',
  'runs/ab/cdef',
  'wms/something-newer',
];

test('nothing reachable, young or foreign is ever deleted; everything else is', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ files, manifests, named, namedFiles, claims }) => {
      const place = new MemoryPlace();
      const pointers = new Pointers();
      for (const [content, itsAge] of Object.entries(files))
        place.lay(keyOf(content), Buffer.from(content), itsAge);
      for (const key of FOREIGN) place.lay(key, Buffer.from('x'), 400 * DAY);
      const stored = manifests.map(([of, itsAge]) => ({ of, itsAge, ...manifestOf(of) }));
      for (const { id, bytes, itsAge } of stored) place.lay(objectKey(id), bytes, itsAge);
      const kept = new Set<string>(FOREIGN);
      const keep = (manifest: (typeof stored)[number] | undefined) => {
        if (manifest === undefined) return;
        kept.add(objectKey(manifest.id));
        for (const content of manifest.of) kept.add(keyOf(content));
      };
      for (const content of namedFiles) {
        pointers.add(fileOf(content).id);
        kept.add(keyOf(content));
      }
      for (const at of named) {
        const manifest = stored[at];
        if (manifest !== undefined) pointers.add(manifest.id);
        keep(manifest);
      }
      for (const [at, [contents, claimed, itsAge]] of claims.entries()) {
        const ids = [
          ...contents.map((content) => fileOf(content).id),
          ...claimed.map((one) => manifestOf(CONTENTS.slice(one)).id),
        ];
        place.lay(`wms/claims/${at}`, Buffer.from(JSON.stringify({ objects: ids })), itsAge);
        if (itsAge >= 30 * DAY) continue;
        for (const content of contents) kept.add(keyOf(content));
        for (const one of claimed) keep(stored.find(({ id }) => id === manifestOf(CONTENTS.slice(one)).id));
      }
      for (const manifest of stored) if (manifest.itsAge < 30 * DAY) keep(manifest);
      for (const [content, itsAge] of Object.entries(files)) if (itsAge < 30 * DAY) kept.add(keyOf(content));

      const before = [...place.content.keys()];
      const result = await runGc(place, pointers, { grace: 30 * DAY });
      const after = new Set(place.content.keys());
      const lost = before.filter((key) => !key.startsWith('wms/claims/') && !after.has(key));
      const expected = before.filter((key) => !key.startsWith('wms/claims/') && !kept.has(key));
      expect(lost.sort()).toEqual(expected.sort());
      expect(result.deleted.objects).toBe(expected.length);
    }),
    { numRuns: 500 },
  );
});

test('at every moment of a deletion, a manifest that is there has all the entries that it had', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ manifests, named }) => {
      const stored = manifests.map(([of]) => ({ of, ...manifestOf(of) }));
      const isWhole = ({ id, of }: (typeof stored)[number]): boolean =>
        !place.content.has(objectKey(id)) || of.every((content) => place.content.has(keyOf(content)));
      const place: MemoryPlace = new MemoryPlace(async (label) => {
        if (label.startsWith('remove')) expect(stored.filter((manifest) => !isWhole(manifest))).toEqual([]);
      });
      const pointers = new Pointers();
      for (const content of CONTENTS) place.lay(keyOf(content), Buffer.from(content), 90 * DAY);
      for (const { id, bytes } of stored) place.lay(objectKey(id), bytes, 90 * DAY);
      for (const at of named) if (stored[at] !== undefined) pointers.add(stored[at].id);
      await runGc(place, pointers, { grace: 30 * DAY });
      expect(stored.filter((manifest) => !isWhole(manifest))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

/** What publish does, request by request: upload.ts. */
async function publish(
  place: MemoryPlace,
  pointers: Pointers,
  contents: readonly string[],
  pause: () => Promise<unknown>,
) {
  const { store, notes } = place;
  const manifest = manifestOf(contents);
  const files = contents.map(fileOf);
  await claimObjects(notes, [manifest.id, ...files.map(({ id }) => id)], { pause });
  await Promise.all(files.map(({ id, bytes }) => store.put(id, bytes)));
  await store.put(manifest.id, manifest.bytes);
  await pause();
  pointers.add(manifest.id);
}

/** How many turns others have before each request, over and over. */
function pauses(turns: readonly number[]): () => Promise<void> {
  let at = 0;
  return async () => {
    for (let left = turns[at++ % turns.length] ?? 0; left > 0; left -= 1) await setImmediate();
  };
}

test('whatever the order of their requests: what a publish counted on while a gc ran is there in the end', async () => {
  let met = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(0, 0, 0, 1, 3, 25), { minLength: 50, maxLength: 50 }),
      fc.subarray(CONTENTS, { minLength: 1 }),
      fc.subarray(CONTENTS),
      fc.boolean(),
      fc.nat(40),
      async (turns, contents, old, manifestIsOld, delay) => {
        const pause = pauses(turns);
        const place = new MemoryPlace(pause);
        const pointers = new Pointers();
        for (const content of old) place.lay(keyOf(content), Buffer.from(content), 90 * DAY);
        const manifest = manifestOf(contents);
        // An earlier publish of the same, whose branch was never merged, may have left its manifest.
        const whole = contents.every((content) => old.includes(content));
        if (manifestIsOld && whole) place.lay(objectKey(manifest.id), manifest.bytes, 90 * DAY);
        place.lay(keyOf('never used'), Buffer.from('never used'), 90 * DAY);
        const later = async () => {
          for (let waited = 0; waited < delay; waited += 1) await pause();
        };
        const running = Promise.all([
          later().then(() => publish(place, pointers, contents, pause)),
          runGc(place, pointers, { grace: 0, history: pointers.history(pause) }),
        ]);
        const [, { deleted }] = await running;
        const needed = [objectKey(manifest.id), ...contents.map(keyOf)];
        expect(needed.filter((key) => !place.content.has(key))).toEqual([]);
        expect(place.content.has(keyOf('never used'))).toBe(false);
        if (deleted.objects > 1) met += 1;
      },
    ),
    { numRuns: 1000 },
  );
  // Otherwise the two never got into each other's way, and this proved nothing.
  expect(met).toBeGreaterThan(20);
});
