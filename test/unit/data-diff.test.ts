import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/schema.js';
import { compareCodePoints } from '../../src/dataset/code-points.js';
import { describeDiff } from '../../src/dataset/diff/describe.pure.js';
import { diffJson } from '../../src/dataset/diff/json.pure.js';
import { diffDatasets, type PairDiff } from '../../src/dataset/diff/pair-diff.pure.js';
import type { Manifest } from '../../src/dataset/manifest.js';
import { stemOf } from '../../src/stem.js';
import { md5Of, relpath } from '../support/manifests.js';

type Files = Record<string, string>;
type Version = Record<Role, Files>;

const ROLES = ['images', 'masks'] as const;
const manifestOf = (files: Files): Manifest =>
  Object.entries(files)
    .map(([path, text]) => ({ relpath: path, md5: md5Of(text) }))
    .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
const datasetOf = ({ images, masks }: Version) => ({ images: manifestOf(images), masks: manifestOf(masks) });
const diff = (before: Version, after: Version) => diffDatasets(datasetOf(before), datasetOf(after));

const M: Version = { images: { 'm.jpg': 'i' }, masks: { 'm.png': 'm' } };
const NONE: Version = { images: {}, masks: {} };
const kindsOf = (pairs: readonly PairDiff[]) => pairs.map(({ change, pair }) => `${change} ${pair}`);

describe('pairs', () => {
  it.each<[string, Version, Version, string[], string[]]>([
    ['a new pair', NONE, M, ['added m'], []],
    ['a pair that went', M, NONE, ['removed m'], []],
    ['another mask', M, { ...M, masks: { 'm.png': 'm2' } }, ['replaced m'], []],
    ['another image', M, { ...M, images: { 'm.jpg': 'i2' } }, ['replaced m'], []],
    ['the mask that was missing', { ...M, masks: {} }, M, ['added m'], []],
    ['a pair that loses its image', M, { ...M, images: {} }, ['removed m'], []],
    ['an image without a mask', NONE, { ...M, masks: {} }, [], ['added m']],
    [
      'a mask without an image',
      { ...M, images: {} },
      { images: {}, masks: { 'm.png': 'm2' } },
      [],
      ['replaced m'],
    ],
    ['another extension', M, { ...M, images: { 'm.jpeg': 'i' } }, ['renamed m'], []],
    ['another type of image', M, { ...M, images: { 'm.webp': 'i2' } }, ['replaced m'], []],
    ['another name', M, { images: { 'a/n.jpg': 'i' }, masks: { 'a/n.png': 'm' } }, ['renamed a/n'], []],
    [
      'another name and another mask',
      M,
      { images: { 'n.jpg': 'i' }, masks: { 'n.png': 'm2' } },
      ['removed m', 'added n'],
      [],
    ],
    [
      'a file alone under another name',
      { ...M, masks: {} },
      { images: { 'n.jpg': 'i' }, masks: {} },
      [],
      ['renamed n'],
    ],
    [
      'a copy',
      M,
      { images: { ...M.images, 'n.jpg': 'i' }, masks: { ...M.masks, 'n.png': 'm' } },
      ['added n'],
      [],
    ],
    [
      'one of two equal pairs under another name',
      { images: { 'm.jpg': 'i', 'o.jpg': 'i' }, masks: { 'm.png': 'm', 'o.png': 'm' } },
      { images: { 'm.jpg': 'i', 'n.jpg': 'i' }, masks: { 'm.png': 'm', 'n.png': 'm' } },
      ['renamed n'],
      [],
    ],
    ['nothing', M, M, [], []],
  ])('%s', (_, before, after, pairs, unpaired) => {
    const found = diff(before, after);
    expect(kindsOf(found.pairs)).toEqual(pairs);
    expect(kindsOf(found.unpaired)).toEqual(unpaired);
  });
});

/** Two versions that share names and bytes, so that all kinds of changes come up. */
const versions = fc.uniqueArray(relpath, { minLength: 1, maxLength: 6 }).chain((stems) => {
  const file = fc.record({
    extension: fc.constantFrom('.jpg', '.png', ''),
    text: fc.constantFrom('a', 'b', 'c', 'd'),
  });
  const files = fc
    .array(fc.record({ stem: fc.constantFrom(...stems), file }), { maxLength: 7 })
    .map((some) => Object.fromEntries(some.map((one) => [one.stem + one.file.extension, one.file.text])));
  const version = fc.record({ images: files, masks: files });
  return fc.tuple(version, version);
});

describe('for all versions', () => {
  const entries = ({ images, masks }: Version) =>
    [
      ...Object.entries(images).map((entry) => ['images', ...entry]),
      ...Object.entries(masks).map((entry) => ['masks', ...entry]),
    ].map(([role, path, text]) => `${role} ${md5Of(String(text))} ${path}`);
  const pairsOf = (version: Version) => {
    const [images, masks] = ROLES.map((role) => new Set(Object.keys(version[role]).map(stemOf)));
    return [...images!].filter((stem) => masks!.has(stem));
  };
  const without = (some: readonly string[], others: readonly string[]) =>
    some.filter((one) => !others.includes(one)).sort();

  it('the files that changed are the symmetric difference', () => {
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const { pairs, unpaired } = diff(before, after);
        const files = [...pairs, ...unpaired].flatMap((pair) => pair.files);
        const side = (version: 'before' | 'after') =>
          files
            .flatMap((file) => (file[version] === null ? [] : `${file.role} ${file[version]} ${file.path}`))
            .sort();
        expect(side('before')).toEqual(without(entries(before), entries(after)));
        expect(side('after')).toEqual(without(entries(after), entries(before)));
      }),
      { numRuns: 2000 },
    );
  });

  it('pairs come and go as the sets of complete names say, and nothing is told twice', () => {
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const { pairs, unpaired, total } = diff(before, after);
        const [was, is] = [pairsOf(before), pairsOf(after)];
        const moved = pairs.filter(({ pair, renamedFrom }) => renamedFrom !== null && renamedFrom !== pair);
        const named = (kind: string) => pairs.filter(({ change }) => change === kind).map(({ pair }) => pair);
        expect([...named('added'), ...moved.map(({ pair }) => pair)].sort()).toEqual(without(is, was));
        expect([...named('removed'), ...moved.map((pair) => String(pair.renamedFrom))].sort()).toEqual(
          without(was, is),
        );
        for (const pair of named('replaced'))
          expect([was.includes(pair), is.includes(pair)]).toEqual([true, true]);
        for (const { pair, renamedFrom } of unpaired) {
          expect(
            [pair, renamedFrom].some((stem) => was.includes(String(stem)) || is.includes(String(stem))),
          ).toBe(false);
        }
        expect(total).toEqual({ before: was.length, after: is.length });
        const names = [...pairs, ...unpaired].map(({ pair }) => pair);
        expect(new Set(names).size).toBe(names.length);
        expect(
          names.filter((name) => pairs.some(({ pair }) => pair === name)).sort(compareCodePoints),
        ).toEqual(pairs.map(({ pair }) => pair));
      }),
      { numRuns: 2000 },
    );
  });

  it('what is renamed keeps its bytes, and no rename is missed', () => {
    const content = (files: PairDiff['files'], version: 'before' | 'after') =>
      files
        .map((file) => `${file.role} ${file[version]}`)
        .filter((text) => !text.endsWith('null'))
        .sort();
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const found = diff(before, after);
        const all = [...found.pairs, ...found.unpaired];
        for (const { files } of all.filter(({ change }) => change === 'renamed')) {
          expect(content(files, 'before')).toEqual(content(files, 'after'));
        }
        const stems = (version: Version) => ROLES.flatMap((role) => Object.keys(version[role]).map(stemOf));
        const gone = all.filter(({ pair, change }) => change === 'removed' && !stems(after).includes(pair));
        const come = all.filter(({ pair, change }) => change === 'added' && !stems(before).includes(pair));
        const missed = gone.filter(({ files }) =>
          come.some((other) => content(files, 'before').join() === content(other.files, 'after').join()),
        );
        expect(missed).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('there and back is the mirror image', () => {
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const [there, back] = [diff(before, after), diff(after, before)];
        const many = ({ pairs }: typeof there, kind: string) =>
          pairs.filter(({ change }) => change === kind).length;
        expect(many(back, 'removed')).toBe(many(there, 'added'));
        expect(many(back, 'added')).toBe(many(there, 'removed'));
        expect(many(back, 'replaced')).toBe(many(there, 'replaced'));
        expect(many(back, 'renamed')).toBe(many(there, 'renamed'));
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is printed', () => {
  const side = (revision: string) => ({ revision, commit: 'abcdef0123'.repeat(4) });
  const compared = (before: Version, after: Version) => ({
    sides: { from: side('HEAD~1'), to: side('HEAD') },
    diff: diff(before, after),
    manifests: { from: datasetOf(before), to: datasetOf(after) },
  });
  const many = (count: number) => {
    const files = (kind: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.png`, `${kind} ${at}`]));
    return { images: files('image'), masks: files('mask') };
  };

  it('stays short, and control characters stay out of the terminal', () => {
    const after = many(40);
    const lines = describeDiff(compared({ images: { 'a\nb.jpg': 'i' }, masks: { 'a\nb.png': 'm' } }, after));
    expect(lines[1]).toBe('1 → 40 pairs: 40 added, 1 removed.');
    expect(lines.filter((line) => line.startsWith('  added'))).toHaveLength(16);
    expect(lines).toContain('  added     … and 25 more');
    expect(lines).toContain('  removed   "a\\nb"');
    expect(lines.at(-1)).toContain('--json');
  });

  it('says which half was replaced, and what is alone', () => {
    const before = {
      images: { 'a.jpg': '1', 'b.jpg': '1', 'c.jpg': '1' },
      masks: { 'a.png': '1', 'b.png': '1', 'c.png': '1' },
    };
    const after = {
      images: { 'a.jpg': '1', 'b.jpg': '2', 'c.jpg': '3', 'd.jpg': '4' },
      masks: { 'a.png': '2', 'b.png': '1', 'c.png': '4' },
    };
    expect(describeDiff(compared(before, after)).slice(1)).toEqual([
      '3 → 3 pairs: 3 replaced (2 images, 2 masks), 1 file without a partner changed.',
      '',
      '  replaced  a  (mask)',
      '  replaced  b  (image)',
      '  replaced  c  (image and mask)',
      '  alone     images/d.jpg  (added)',
    ]);
  });

  it('is complete and valid JSON, also in several parts', () => {
    const given = compared(M, many(2500));
    const parts = [...diffJson(given)];
    expect(parts.length).toBeGreaterThan(5);
    const facts = JSON.parse(parts.join(''));
    expect(facts.pairs).toEqual(given.diff.pairs);
    expect(facts).toMatchObject({
      same: false,
      total: { before: 1, after: 2500 },
      counts: { added: 2500, replaced: 0, removed: 1, renamed: 0, unpaired: 0 },
      unpaired: [],
    });
    const same = JSON.parse([...diffJson({ ...given, diff: null })].join(''));
    expect(same).toMatchObject({ same: true, total: null, pairs: [] });
  });
});

it('finds one relabelled mask among a million files', () => {
  const entries = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({
      relpath: `${prefix}_${String(at).padStart(6, '0')}.jpg`,
      md5: at.toString(16).padStart(32, '0'),
    }));
  const before = { images: entries('meter', 500_000), masks: entries('meter', 500_000) };
  const masks = before.masks.map((entry) => ({ ...entry }));
  masks[7] = { relpath: masks[7]!.relpath, md5: 'f'.repeat(32) };
  const { pairs, total } = diffDatasets(before, { images: before.images, masks });
  expect(kindsOf(pairs)).toEqual(['replaced meter_000007']);
  expect(total).toEqual({ before: 500_000, after: 500_000 });
}, 30_000);
