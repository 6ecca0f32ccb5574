import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints } from '../../src/dataset/code-points.js';
import { manifestId, parseManifest, serialiseManifest } from '../../src/dataset/manifest.js';
import { type DatasetManifests, type IncomingFile, planMerge } from '../../src/dataset/merge-plan.js';
import { isWmsError } from '../../src/errors.js';
import { stemOf } from '../../src/stem.js';
import { md5Of } from '../support/manifests.js';

const ROLES = ['images', 'masks'] as const;
type Files = Record<string, string>;

const manifest = (files: Files) =>
  Object.entries(files)
    .map(([relpath, content]) => ({ md5: md5Of(content), relpath }))
    .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
const dataset = (images: Files, masks: Files): DatasetManifests => ({
  images: manifest(images),
  masks: manifest(masks),
});
const incoming = (images: Files, masks: Files): IncomingFile[] =>
  ROLES.flatMap((role) => manifest({ images, masks }[role]).map((entry) => ({ role, ...entry })));
const names = (list: readonly { relpath: string }[]) => list.map(({ relpath }) => relpath);

describe('planMerge', () => {
  const base = dataset(
    { 'a.jpg': '1', 'b.jpg': '2', 'd/c.jpg': '3', 'lonely.jpg': '4' },
    { 'a.png': '1', 'b.png': '2', 'd/c.png': '3' },
  );

  it('counts pairs, not files', () => {
    const plan = planMerge({
      base,
      incoming: incoming(
        { 'a.jpg': '1', 'b.jpg': 'new bytes', 'z.jpg': '9', 'no-mask.jpg': '8' },
        { 'a.png': '1', 'd/c.png': 'relabelled', 'z.png': '9', 'lonely.png': '4' },
      ),
    });
    expect(plan.counts).toEqual({ existing: 3, new: 2, replaced: 2, total: 5, unchanged: 1 });
    expect(names(plan.replacedImages)).toEqual(['b.jpg']);
    expect(names(plan.replacedMasks)).toEqual(['d/c.png']);
    expect(plan.replacedMasks[0]).toEqual({
      role: 'masks',
      relpath: 'd/c.png',
      md5: md5Of('relabelled'),
      kind: 'replaced',
      oldMd5: md5Of('3'),
    });
    expect(names(plan.merged.images)).toEqual([
      'a.jpg',
      'b.jpg',
      'd/c.jpg',
      'lonely.jpg',
      'no-mask.jpg',
      'z.jpg',
    ]);
  });

  it('keeps the base when nothing changes', () => {
    const plan = planMerge({ base, incoming: incoming({ 'a.jpg': '1' }, { 'a.png': '1' }) });
    expect(plan.merged.images).toBe(base.images);
    expect(plan.merged.masks).toBe(base.masks);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged']);
    expect(plan.counts).toEqual({ existing: 3, new: 0, replaced: 0, total: 3, unchanged: 1 });
  });

  it('keeps the very entries of the base that do not change', () => {
    const plan = planMerge({ base, incoming: incoming({ 'c.jpg': '7' }, {}) });
    expect(plan.merged.masks).toBe(base.masks);
    expect(plan.merged.images.filter((entry) => base.images.includes(entry))).toHaveLength(4);
  });

  it('starts from an empty dataset', () => {
    const plan = planMerge({ base: dataset({}, {}), incoming: incoming({ 'x.jpg': '1' }, { 'x.png': '2' }) });
    expect(plan.counts).toEqual({ existing: 0, new: 1, replaced: 0, total: 1, unchanged: 0 });
  });

  it('pairs by the path without its last extension', () => {
    const files = (extension: string) =>
      Object.fromEntries(['v.1', 'v', 'd/.hidden', 'd.x/plain'].map((stem) => [`${stem}${extension}`, 'x']));
    const plan = planMerge({
      base: dataset(files('.jpg'), files('.png')),
      incoming: incoming({ 'v.2.jpg': '1', bare: '1' }, { 'v.2.png': '1', bare: '2' }),
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
    const run = () => planMerge({ base, incoming: incoming(files, {}) });
    expect(run).toThrowError(other);
    expect(run).toThrowError(expect.toSatisfy((error) => isWmsError(error, 'merge/file-and-directory')));
  });

  it('is a bug to bring one path twice', () => {
    const file: IncomingFile = { role: 'images', relpath: 'q.jpg', md5: md5Of('1') };
    expect(() => planMerge({ base, incoming: [file, { ...file, md5: md5Of('2') }] })).toThrow('twice');
  });
});

describe('planMerge, for any dataset', () => {
  // Few names, so that merges meet; with dots and dashes around the separator, so that orders differ.
  const name = fc.constantFrom('a', 'a-2', 'a.b', 'd/b', 'd/b.c', '.h', 'é', '😀', '\uff01', 'z');
  const content = fc.constantFrom('1', '2', '3');
  const files = (extensions: string[]) =>
    fc.dictionary(
      fc.tuple(name, fc.constantFrom(...extensions)).map((parts) => parts.join('')),
      content,
      { maxKeys: 12 },
    );
  const images = files(['.jpg', '.JPG', '']);
  const masks = files(['.png', '']);
  const inputs = fc.tuple(images, masks, images, masks).map(([oldImages, oldMasks, newImages, newMasks]) => ({
    before: { images: oldImages, masks: oldMasks },
    base: dataset(oldImages, oldMasks),
    push: { images: newImages, masks: newMasks },
    incoming: incoming(newImages, newMasks),
  }));
  const stems = (list: Files) => new Set(Object.keys(list).map(stemOf));
  const pairs = (all: { images: Files; masks: Files }) => {
    const masksOf = stems(all.masks);
    return new Set([...stems(all.images)].filter((stem) => masksOf.has(stem)));
  };

  it('is what assigning the files to the dataset gives', () => {
    fc.assert(
      fc.property(inputs, ({ before, base, push, incoming: list }) => {
        const plan = planMerge({ base, incoming: list });
        const after = {
          images: { ...before.images, ...push.images },
          masks: { ...before.masks, ...push.masks },
        };
        for (const role of ROLES) {
          expect(plan.merged[role]).toEqual(manifest(after[role]));
          const bytes = serialiseManifest(plan.merged[role]);
          expect(parseManifest(bytes, manifestId(bytes), 'here')).toEqual(plan.merged[role]);
        }
        const [had, has] = [pairs(before), pairs(after)];
        const touched = new Set(
          ROLES.flatMap((role) =>
            Object.keys(push[role]).filter(
              (path) => path in before[role] && before[role][path] !== push[role][path],
            ),
          ).map(stemOf),
        );
        expect(plan.counts).toMatchObject({
          existing: had.size,
          new: [...has].filter((stem) => !had.has(stem)).length,
          replaced: [...touched].filter((stem) => had.has(stem)).length,
          total: has.size,
        });
        expect(plan.counts.existing + plan.counts.new).toBe(plan.counts.total);
      }),
    );
  });

  it('changes nothing the second time, and does not depend on the order', () => {
    fc.assert(
      fc.property(inputs, fc.infiniteStream(fc.nat()), ({ base, incoming: list }, numbers) => {
        const plan = planMerge({ base, incoming: list });
        const again = planMerge({ base: plan.merged, incoming: list });
        expect(again.merged.images).toBe(plan.merged.images);
        expect(again.merged.masks).toBe(plan.merged.masks);
        expect(again.counts).toMatchObject({ new: 0, replaced: 0, existing: plan.counts.total });
        const shuffled = list
          .map((file) => ({ file, at: numbers.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ file }) => file);
        expect(planMerge({ base, incoming: shuffled })).toEqual(plan);
      }),
    );
  });
});
