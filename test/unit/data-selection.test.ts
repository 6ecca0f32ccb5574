import { describe, expect, it } from 'vitest';
import { collidingPaths, windowsProblem } from '../../src/dataset/pull/names.pure.js';
import { selectFiles } from '../../src/dataset/pull/selection.pure.js';
import { md5Of } from '../support/manifests.js';

const entry = (relpath: string) => ({ relpath, md5: md5Of(relpath) });
const dataset = {
  images: ['2025/a.jpg', '2026/b.jpg', '2026/c.jpg', 'lonely.jpg'].map(entry),
  masks: ['2025/a.png', '2026/b.png', '2026/c.png'].map(entry),
};
const paths = (part: typeof dataset | ReturnType<typeof selectFiles>) => [
  ...part.images.map(({ relpath }) => relpath),
  ...part.masks.map(({ relpath }) => relpath),
];

describe('only', () => {
  it('keeps a pair together, whichever of its files matches', () => {
    const byMask = selectFiles(dataset, { only: (path) => path === '2025/a.png' });
    expect(paths(byMask)).toEqual(['2025/a.jpg', '2025/a.png']);
    const byImage = selectFiles(dataset, { only: (path) => path === '2026/b.jpg' });
    expect(paths(byImage)).toEqual(['2026/b.jpg', '2026/b.png']);
  });

  it('takes an image without a mask, too', () => {
    expect(paths(selectFiles(dataset, { only: (path) => path.startsWith('lonely') }))).toEqual([
      'lonely.jpg',
    ]);
  });
});

describe('sample', () => {
  const names = Array.from({ length: 1000 }, (_, at) => `meter_${at}`);
  const large = {
    images: names.map((name) => entry(`${name}.jpg`)),
    masks: names.map((name) => entry(`${name}.png`)),
  };
  const sampled = (count: number, seed: string, from = large) =>
    selectFiles(from, { sample: { count, seed } }).images.map(({ relpath }) => relpath);

  it('is the same for the same seed, and another for another', () => {
    expect(sampled(50, '7')).toEqual(sampled(50, '7'));
    expect(sampled(50, '7')).toHaveLength(50);
    expect(sampled(50, '8')).not.toEqual(sampled(50, '7'));
  });

  it('takes whole pairs only', () => {
    const part = selectFiles(dataset, { sample: { count: 10, seed: '0' } });
    expect(paths(part)).toEqual([
      '2025/a.jpg',
      '2026/b.jpg',
      '2026/c.jpg',
      '2025/a.png',
      '2026/b.png',
      '2026/c.png',
    ]);
  });

  it('holds a smaller sample of the same seed', () => {
    const hundred = new Set(sampled(100, '7'));
    expect(sampled(10, '7').every((path) => hundred.has(path))).toBe(true);
  });

  it('changes only in part when the dataset grows', () => {
    const before = { images: large.images.slice(0, 900), masks: large.masks.slice(0, 900) };
    const old = new Set(sampled(100, '7', before));
    const kept = sampled(100, '7').filter((path) => old.has(path));
    expect(kept.length).toBeGreaterThan(75);
  });

  it('chooses among what --only leaves', () => {
    const only = (path: string) => path.startsWith('2026/');
    const part = selectFiles(dataset, { only, sample: { count: 1, seed: '0' } });
    expect(part.images).toHaveLength(1);
    expect(part.images[0]?.relpath).toMatch(/^2026\//);
  });
});

describe('names', () => {
  it.each(['a\\b.png', 'C:x.png', 'con', 'x/NUL.png', 'com1.jpg', 'end. ', 'dot.', 'what?.png', 'a\nb'])(
    'sees that Windows cannot have %j',
    (relpath) => expect(windowsProblem(relpath)).not.toBeNull(),
  );

  it.each(['a b.png', 'console.png', 'x/comic.jpg', 'Zähler.png', '.hidden', '水.png'])(
    'has nothing against %j',
    (relpath) => expect(windowsProblem(relpath)).toBeNull(),
  );

  it('finds names that differ in case or Unicode form only', () => {
    expect(collidingPaths(['a.png', 'A.png', 'b.png', 'é.png', 'e\u0301.png'])).toEqual([
      ['a.png', 'A.png'],
      ['é.png', 'e\u0301.png'],
    ]);
  });
});
