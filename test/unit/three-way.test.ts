import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/schema.js';
import { compareCodePoints } from '../../src/dataset/code-points.js';
import type { Manifest } from '../../src/dataset/manifest.js';
import { mergeDatasets, takeSide } from '../../src/dataset/pair-merge.js';
import { isDisjoint, mergeManifests } from '../../src/dataset/three-way.js';
import { stemOf } from '../../src/stem.js';
import { md5Of, relpath } from '../support/manifests.js';

type Files = Record<string, string>;

const manifestOf = (files: Files): Manifest =>
  Object.entries(files)
    .map(([path, content]) => ({ relpath: path, md5: md5Of(content) }))
    .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
const filesOf = (manifest: Manifest): Files =>
  Object.fromEntries(manifest.map((entry) => [entry.relpath, entry.md5]));

const three = (base: Files, ours: Files, theirs: Files) => ({
  base: manifestOf(base),
  ours: manifestOf(ours),
  theirs: manifestOf(theirs),
});

/** A base, and two sides that each keep, change, delete and add files of a small set of names, so that they meet. */
const versions = fc.uniqueArray(relpath, { minLength: 1, maxLength: 14 }).chain((paths) => {
  const state = fc.constantFrom(null, 'a', 'b', 'c');
  const side = fc.array(fc.constantFrom('keep', 'keep', null, 'a', 'b', 'c'), {
    minLength: paths.length,
    maxLength: paths.length,
  });
  return fc
    .tuple(fc.array(state, { minLength: paths.length, maxLength: paths.length }), side, side)
    .map(([base, ours, theirs]) => {
      const files = (states: readonly (string | null)[]) =>
        Object.fromEntries(
          paths.flatMap((path, at) => {
            const content = states[at] === 'keep' ? base[at] : states[at];
            return content == null ? [] : [[path, content]];
          }),
        );
      return { base: files(base), ours: files(ours), theirs: files(theirs) };
    });
});

const swap = <T>({ base, ours, theirs }: { base: T; ours: T; theirs: T }) => ({
  base,
  ours: theirs,
  theirs: ours,
});
const manifests = (v: { base: Files; ours: Files; theirs: Files }) => three(v.base, v.ours, v.theirs);

describe('one directory', () => {
  it.each<[string, Files, Files, Files, Files, string[]]>([
    [
      'disjoint additions',
      { a: '1' },
      { a: '1', b: '2' },
      { a: '1', c: '3' },
      { a: '1', b: '2', c: '3' },
      [],
    ],
    ['equal additions', {}, { a: '1' }, { a: '1' }, { a: '1' }, []],
    ['equal changes', { a: '1' }, { a: '2' }, { a: '2' }, { a: '2' }, []],
    ['deleted by both', { a: '1', b: '1' }, { b: '1' }, { b: '1' }, { b: '1' }, []],
    ['deleted by one', { a: '1', b: '1' }, { b: '1' }, { a: '1', b: '1' }, { b: '1' }, []],
    ['deleted here, added there', { a: '1' }, {}, { a: '1', b: '2' }, { b: '2' }, []],
    ['changed differently', { a: '1' }, { a: '2' }, { a: '3' }, {}, ['a']],
    ['deleted and changed', { a: '1', b: '1' }, { b: '1' }, { a: '2', b: '1' }, { b: '1' }, ['a']],
    ['added differently', {}, { a: '1' }, { a: '2', b: '1' }, { b: '1' }, ['a']],
  ])('%s', (_, base, ours, theirs, merged, conflicts) => {
    const result = mergeManifests(three(base, ours, theirs));
    expect(result.merged).toEqual(manifestOf(merged));
    expect(result.conflicts.map((file) => file.relpath)).toEqual(conflicts);
  });

  it('equals set algebra', () => {
    const check = (v: { base: Files; ours: Files; theirs: Files }) => {
      const entries = (files: Files) =>
        new Set(Object.entries(files).map(([path, text]) => `${md5Of(text)} ${path}`));
      const [base, ours, theirs] = [entries(v.base), entries(v.ours), entries(v.theirs)];
      const touched = (side: Set<string>) =>
        new Set(
          [...side]
            .filter((x) => !base.has(x))
            .concat([...base].filter((x) => !side.has(x)))
            .map((x) => x.slice(33)),
        );
      const byBoth = [...touched(ours)].filter((path) => touched(theirs).has(path));
      const contested = new Set(byBoth.filter((path) => v.ours[path] !== v.theirs[path]));
      const union = new Set([
        ...[...base].filter((x) => ours.has(x) && theirs.has(x)),
        ...[...ours].filter((x) => !base.has(x)),
        ...[...theirs].filter((x) => !base.has(x)),
      ]);
      const expected = [...union].filter((x) => !contested.has(x.slice(33))).sort();

      const { merged, conflicts, changes } = mergeManifests(manifests(v));
      expect(merged.map((entry) => `${entry.md5} ${entry.relpath}`).sort()).toEqual(expected);
      expect(new Set(conflicts.map((file) => file.relpath))).toEqual(contested);
      expect(isDisjoint(changes)).toBe(byBoth.length === 0);
      expect(merged).toEqual([...merged].sort((a, b) => compareCodePoints(a.relpath, b.relpath)));
    };
    fc.assert(fc.property(versions, check), { numRuns: 1000 });
  });

  it('loses nothing: every file of a side is in the result, in a conflict, or was deleted or replaced by the other', () => {
    const check = (v: { base: Files; ours: Files; theirs: Files }) => {
      const { merged, conflicts } = mergeManifests(manifests(v));
      const result = filesOf(merged);
      const contested = new Set(conflicts.map((file) => file.relpath));
      for (const [mine, other] of [
        [v.ours, v.theirs],
        [v.theirs, v.ours],
      ] as const) {
        for (const [path, content] of Object.entries(mine)) {
          if (contested.has(path) || result[path] === md5Of(content)) continue;
          expect(v.base[path]).toBe(content);
          expect(other[path]).not.toBe(content);
        }
      }
    };
    fc.assert(fc.property(versions, check), { numRuns: 500 });
  });

  it('is symmetric, and merging the result again changes nothing', () => {
    const check = (v: { base: Files; ours: Files; theirs: Files }) => {
      const given = manifests(v);
      const { merged, conflicts } = mergeManifests(given);
      const mirrored = mergeManifests(swap(given));
      expect(mirrored.merged).toEqual(merged);
      expect(mirrored.conflicts.map(swap)).toMatchObject(
        conflicts.map(({ base, ours, theirs }) => ({ base, ours, theirs })),
      );
      if (conflicts.length > 0) return;
      for (const base of [given.ours, given.theirs]) {
        const again = mergeManifests({ base, ours: merged, theirs: base });
        expect(again).toMatchObject({ merged, conflicts: [] });
      }
      expect(mergeManifests({ base: given.base, ours: merged, theirs: given.theirs }).merged).toEqual(merged);
    };
    fc.assert(fc.property(versions, check), { numRuns: 500 });
  });

  it('keeps the very list when the other side brings nothing', () => {
    const given = three({ a: '1' }, { a: '1', b: '2' }, { a: '1' });
    expect(mergeManifests(given).merged).toBe(given.ours);
  });
});

type Pairs = Record<Role, Files>;
const dataset = ({ images, masks }: Pairs) => ({ images: manifestOf(images), masks: manifestOf(masks) });
const mergePairs = (base: Pairs, ours: Pairs, theirs: Pairs) =>
  mergeDatasets({ base: dataset(base), ours: dataset(ours), theirs: dataset(theirs) });

const PAIR: Pairs = { images: { 'm.jpg': 'i', 'o.jpg': 'o' }, masks: { 'm.png': 'm', 'o.png': 'o' } };
const REST: Pairs = { images: { 'o.jpg': 'o' }, masks: { 'o.png': 'o' } };
const relabelled: Pairs = { images: PAIR.images, masks: { ...PAIR.masks, 'm.png': 'm2' } };
const rephotographed: Pairs = { images: { ...PAIR.images, 'm.jpg': 'i2' }, masks: PAIR.masks };

describe('pairs', () => {
  it.each<[string, Pairs, Pairs, Pairs, string[]]>([
    ['one deletes the pair, the other relabels its mask', PAIR, REST, relabelled, ['m']],
    ['one replaces the image, the other relabels its mask', PAIR, rephotographed, relabelled, ['m']],
    [
      'one deletes the image, the other the mask',
      PAIR,
      { images: REST.images, masks: PAIR.masks },
      { images: PAIR.images, masks: REST.masks },
      ['m'],
    ],
    ['both relabel the same way', PAIR, relabelled, relabelled, []],
    ['both delete', PAIR, REST, REST, []],
    [
      'one relabels, the other has the relabel and a new image',
      PAIR,
      relabelled,
      { images: rephotographed.images, masks: relabelled.masks },
      [],
    ],
    [
      'one brings the image, the other its mask',
      REST,
      { ...REST, images: PAIR.images },
      { ...REST, masks: PAIR.masks },
      [],
    ],
    [
      'two masks of other types for one new image',
      REST,
      PAIR,
      { images: PAIR.images, masks: { ...REST.masks, 'm.webp': 'w' } },
      ['m'],
    ],
    [
      'a second mask beside the first',
      { ...REST, images: PAIR.images },
      PAIR,
      { images: PAIR.images, masks: { ...REST.masks, 'm.webp': 'w' } },
      ['m'],
    ],
    [
      'different pairs',
      PAIR,
      relabelled,
      { images: { ...PAIR.images, 'n.jpg': 'n' }, masks: { ...PAIR.masks, 'n.png': 'n' } },
      [],
    ],
  ])('%s', (_, base, ours, theirs, conflicts) => {
    const merge = mergePairs(base, ours, theirs);
    expect(merge.conflicts.map((pair) => pair.stem)).toEqual(conflicts);
    const mirrored = mergePairs(base, theirs, ours);
    expect(mirrored.conflicts.map((pair) => pair.stem)).toEqual(conflicts);
    expect(mirrored.merged).toEqual(merge.merged);
    for (const role of ['images', 'masks'] as const) {
      const stems = merge.merged[role].map((entry) => stemOf(entry.relpath));
      expect(stems).toContain('o');
      for (const side of ['ours', 'theirs'] as const) {
        const taken = takeSide(merge.merged[role], role, merge.conflicts, side);
        const wanted = filesOf(dataset(side === 'ours' ? ours : theirs)[role]);
        for (const stem of conflicts) {
          const of = (files: Files) => Object.entries(files).filter(([path]) => stemOf(path) === stem);
          expect(of(filesOf(taken))).toEqual(of(wanted));
        }
      }
    }
  });

  it('without a conflict every pair is as on one of the sides, or made of two additions', () => {
    const role = fc.constantFrom(null, 'a', 'b');
    const state = fc.record({ image: role, mask: role });
    const pairs = fc.array(fc.record({ base: state, ours: state, theirs: state }), { maxLength: 6 });
    const check = (
      given: readonly Record<'base' | 'ours' | 'theirs', { image: string | null; mask: string | null }>[],
    ) => {
      const side = (name: 'base' | 'ours' | 'theirs'): Pairs => {
        const files = (key: 'image' | 'mask') =>
          Object.fromEntries(
            given.flatMap((pair, at) => (pair[name][key] === null ? [] : [[`${at}.x`, pair[name][key]]])),
          );
        return { images: files('image'), masks: files('mask') };
      };
      const { merged, conflicts } = mergePairs(side('base'), side('ours'), side('theirs'));
      const contested = new Set(conflicts.map((pair) => pair.stem));
      const of = (images: Files, masks: Files, at: number) => [
        images[`${at}.x`] ?? null,
        masks[`${at}.x`] ?? null,
      ];
      given.forEach((pair, at) => {
        if (contested.has(String(at))) return;
        const result = of(filesOf(merged.images), filesOf(merged.masks), at);
        const hashed = ({ image, mask }: typeof pair.ours) =>
          [image, mask].map((text) => (text === null ? null : md5Of(text)));
        const [ours, theirs] = [hashed(pair.ours), hashed(pair.theirs)];
        const halves = pair.base.image === null && pair.base.mask === null;
        const asOnOneSide = [ours, theirs].some((one) => one.join() === result.join());
        expect(asOnOneSide || halves).toBe(true);
      });
    };
    fc.assert(fc.property(pairs, check), { numRuns: 500 });
  });
});

it('merges a million entries', () => {
  const entries = (count: number, prefix = 'meter') =>
    Array.from({ length: count }, (_, at) => ({
      relpath: `${prefix}_${String(at).padStart(7, '0')}.jpg`,
      md5: at.toString(16).padStart(32, '0'),
    }));
  const base = entries(1_000_000);
  const ours = [...base.map((entry) => ({ ...entry })), ...entries(25, 'new')];
  const theirs = [...base.map((entry) => ({ ...entry })), ...entries(25, 'other')];
  const { merged, conflicts } = mergeManifests({ base, ours, theirs });
  expect([merged.length, conflicts.length]).toEqual([1_000_050, 0]);
}, 60_000);
