import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints } from '../../src/dataset/code-points.js';
import { manifestId, parseManifest, serialiseManifest } from '../../src/dataset/manifest.js';
import { type DatasetManifests, type FileEdit, planMerge } from '../../src/dataset/merge-plan.js';
import { isWmsError } from '../../src/errors.js';
import { stemOf } from '../../src/stem.js';
import { md5Of } from '../support/manifests.js';

const ROLES = ['images', 'masks'] as const;
type Files = Record<string, string>;
/** Path → content. Null: the file goes. */
type Edits = Record<string, string | null>;

const manifest = (files: Files) =>
  Object.entries(files)
    .map(([relpath, content]) => ({ md5: md5Of(content), relpath }))
    .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
const dataset = (images: Files, masks: Files): DatasetManifests => ({
  images: manifest(images),
  masks: manifest(masks),
});
const edits = (images: Edits, masks: Edits): FileEdit[] =>
  ROLES.flatMap((role) =>
    Object.entries({ images, masks }[role]).map(([relpath, content]) => ({
      role,
      relpath,
      md5: content === null ? null : md5Of(content),
    })),
  );
const names = (list: readonly { relpath: string }[]) => list.map(({ relpath }) => relpath);

describe('planMerge', () => {
  const base = dataset(
    { 'a.jpg': '1', 'b.jpg': '2', 'd/c.jpg': '3', 'lonely.jpg': '4' },
    { 'a.png': '1', 'b.png': '2', 'd/c.png': '3' },
  );

  it('counts pairs, not files', () => {
    const plan = planMerge({
      base,
      edits: edits(
        { 'a.jpg': '1', 'b.jpg': 'new bytes', 'z.jpg': '9', 'no-mask.jpg': '8' },
        { 'a.png': '1', 'd/c.png': 'relabelled', 'z.png': '9', 'lonely.png': '4' },
      ),
    });
    expect(plan.counts).toEqual({ existing: 3, new: 2, replaced: 2, removed: 0, total: 5, unchanged: 1 });
    expect(names(plan.replacedImages)).toEqual(['b.jpg']);
    expect(plan.changes.filter(({ role, kind }) => role === 'masks' && kind === 'replaced')).toEqual([
      {
        role: 'masks',
        relpath: 'd/c.png',
        md5: md5Of('relabelled'),
        kind: 'replaced',
        oldMd5: md5Of('3'),
      },
    ]);
    expect(names(plan.merged.images)).toEqual([
      'a.jpg',
      'b.jpg',
      'd/c.jpg',
      'lonely.jpg',
      'no-mask.jpg',
      'z.jpg',
    ]);
  });

  it('takes files out: a pair that loses a half is removed, one that changes an extension is replaced', () => {
    const plan = planMerge({
      base,
      edits: [
        { role: 'images', relpath: 'a.jpg', md5: null },
        { role: 'masks', relpath: 'a.png', md5: null },
        { role: 'masks', relpath: 'b.png', md5: null },
        { role: 'images', relpath: 'd/c.jpg', md5: null },
        { role: 'images', relpath: 'd/c.jpeg', md5: md5Of('3') },
        { role: 'images', relpath: 'lonely.jpg', md5: null },
        { role: 'images', relpath: 'never.jpg', md5: null },
      ],
    });
    expect(names(plan.merged.images)).toEqual(['b.jpg', 'd/c.jpeg']);
    expect(names(plan.merged.masks)).toEqual(['d/c.png']);
    expect(plan.counts).toEqual({ existing: 3, new: 0, replaced: 1, removed: 2, total: 1, unchanged: 0 });
    expect(plan.removed).toEqual(['a', 'b', 'lonely']);
    expect(plan.changes.find(({ relpath }) => relpath === 'never.jpg')?.kind).toBe('unchanged');
    expect(plan.replacedImages).toEqual([]);
  });

  it('may put a file where a directory was taken out', () => {
    const plan = planMerge({
      base,
      edits: [
        { role: 'images', relpath: 'd/c.jpg', md5: null },
        { role: 'images', relpath: 'd', md5: md5Of('5') },
      ],
    });
    expect(names(plan.merged.images)).toContain('d');
  });

  it('keeps the base when nothing changes', () => {
    const plan = planMerge({ base, edits: edits({ 'a.jpg': '1' }, { 'a.png': '1' }) });
    expect(plan.merged.images).toBe(base.images);
    expect(plan.merged.masks).toBe(base.masks);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged']);
    expect(plan.counts).toEqual({ existing: 3, new: 0, replaced: 0, removed: 0, total: 3, unchanged: 1 });
  });

  it('keeps the very entries of the base that do not change', () => {
    const plan = planMerge({ base, edits: edits({ 'c.jpg': '7' }, {}) });
    expect(plan.merged.masks).toBe(base.masks);
    expect(plan.merged.images.filter((entry) => base.images.includes(entry))).toHaveLength(4);
  });

  it('starts from an empty dataset', () => {
    const plan = planMerge({ base: dataset({}, {}), edits: edits({ 'x.jpg': '1' }, { 'x.png': '2' }) });
    expect(plan.counts).toEqual({ existing: 0, new: 1, replaced: 0, removed: 0, total: 1, unchanged: 0 });
  });

  it('pairs by the path without its last extension', () => {
    const files = (extension: string) =>
      Object.fromEntries(['v.1', 'v', 'd/.hidden', 'd.x/plain'].map((stem) => [`${stem}${extension}`, 'x']));
    const plan = planMerge({
      base: dataset(files('.jpg'), files('.png')),
      edits: edits({ 'v.2.jpg': '1', bare: '1' }, { 'v.2.png': '1', bare: '2' }),
    });
    expect(plan.counts).toMatchObject({ existing: 4, new: 2, total: 6 });
  });

  it.each([
    ['d.x/a.b.jpg', 'd.x/a.b'],
    ['d.x/plain', 'd.x/plain'],
    ['.hidden', '.hidden'],
    ['d/.hidden', 'd/.hidden'],
    ['d/.hidden.png', 'd/.hidden'],
    ['ends.', 'ends'],
  ])('takes the stem of %s', (path, stem) => {
    expect(stemOf(path)).toBe(stem);
  });

  it.each([
    [{ 'a.jpg/x.jpg': '1' }, 'a.jpg'],
    [{ d: '1' }, 'd/c.jpg'],
    [{ 'n/m': '1', n: '2' }, 'n'],
  ])('refuses a path that would be a file and a directory: %j', (files, other) => {
    const run = () => planMerge({ base, edits: edits(files, {}) });
    expect(run).toThrowError(other);
    expect(run).toThrowError(expect.toSatisfy((error) => isWmsError(error, 'merge/file-and-directory')));
  });

  it('is a bug to bring one path twice', () => {
    const file: FileEdit = { role: 'images', relpath: 'q.jpg', md5: md5Of('1') };
    expect(() => planMerge({ base, edits: [file, { ...file, md5: md5Of('2') }] })).toThrow('twice');
  });
});

describe('planMerge, for any dataset', () => {
  // Few names, so that merges meet; with dots and dashes around the separator, so that orders differ.
  const name = fc.constantFrom('a', 'a-2', 'a.b', 'd/b', 'd/b.c', '.h', 'é', '😀', '\uff01', 'z');
  const content = fc.constantFrom('1', '2', '3');
  const files = <T>(extensions: string[], contents: fc.Arbitrary<T>) =>
    fc.dictionary(
      fc.tuple(name, fc.constantFrom(...extensions)).map((parts) => parts.join('')),
      contents,
      { maxKeys: 12 },
    );
  const images = <T>(contents: fc.Arbitrary<T>) => files(['.jpg', '.JPG', ''], contents);
  const masks = <T>(contents: fc.Arbitrary<T>) => files(['.png', ''], contents);
  const become = fc.option(content, { freq: 2 });
  const inputs = fc
    .tuple(images(content), masks(content), images(become), masks(become))
    .map(([oldImages, oldMasks, newImages, newMasks]) => ({
      before: { images: oldImages, masks: oldMasks },
      base: dataset(oldImages, oldMasks),
      asked: { images: newImages, masks: newMasks },
      list: edits(newImages, newMasks),
    }));
  const stems = (list: Files) => new Set(Object.keys(list).map(stemOf));
  const pairs = (all: { images: Files; masks: Files }) => {
    const masksOf = stems(all.masks);
    return new Set([...stems(all.images)].filter((stem) => masksOf.has(stem)));
  };

  const withEdits = (before: Files, asked: Edits): Files =>
    Object.fromEntries(
      Object.entries({ ...before, ...asked }).flatMap(([path, text]) =>
        text === null ? [] : [[path, text]],
      ),
    );

  it('is what assigning and deleting the files gives', () => {
    fc.assert(
      fc.property(inputs, ({ before, base, asked, list }) => {
        const plan = planMerge({ base, edits: list });
        const after = {
          images: withEdits(before.images, asked.images),
          masks: withEdits(before.masks, asked.masks),
        };
        for (const role of ROLES) {
          expect(plan.merged[role]).toEqual(manifest(after[role]));
          const bytes = serialiseManifest(plan.merged[role]);
          expect(parseManifest(bytes, manifestId(bytes), 'here')).toEqual(plan.merged[role]);
        }
        const [had, has] = [pairs(before), pairs(after)];
        const touched = new Set(
          ROLES.flatMap((role) =>
            Object.keys(before[role]).filter((path) => before[role][path] !== after[role][path]),
          ).map(stemOf),
        );
        const { counts } = plan;
        expect(counts).toMatchObject({
          existing: had.size,
          new: [...has].filter((stem) => !had.has(stem)).length,
          replaced: [...touched].filter((stem) => had.has(stem) && has.has(stem)).length,
          removed: [...had].filter((stem) => !has.has(stem)).length,
          total: has.size,
        });
        expect(counts.existing + counts.new - counts.removed).toBe(counts.total);
        expect(plan.removed).toEqual(expect.arrayContaining([...had].filter((stem) => !has.has(stem))));
      }),
    );
  });

  it('changes nothing the second time, and does not depend on the order', () => {
    fc.assert(
      fc.property(inputs, fc.infiniteStream(fc.nat()), ({ base, list }, numbers) => {
        const plan = planMerge({ base, edits: list });
        const again = planMerge({ base: plan.merged, edits: list });
        expect(again.merged.images).toBe(plan.merged.images);
        expect(again.merged.masks).toBe(plan.merged.masks);
        expect(again.counts).toMatchObject({ new: 0, replaced: 0, removed: 0, existing: plan.counts.total });
        const shuffled = list
          .map((file) => ({ file, at: numbers.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ file }) => file);
        expect(planMerge({ base, edits: shuffled })).toEqual(plan);
      }),
    );
  });
});
