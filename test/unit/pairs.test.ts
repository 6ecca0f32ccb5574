import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCodePoints } from '../../src/dataset/code-points.js';
import type { Manifest } from '../../src/dataset/manifest.js';
import { countPairs } from '../../src/dataset/pairs.js';
import { stemOf } from '../../src/stem.js';

const md5 = '0'.repeat(32);
const manifest = (relpaths: readonly string[]): Manifest =>
  [...new Set(relpaths)].sort(compareCodePoints).map((relpath) => ({ md5, relpath }));

const name = fc.constantFrom('a', 'a-1', 'a.b', 'a.b/c', 'b', 'b/a', '.h', 'é', 'z');
const extension = fc.constantFrom('', '.bmp', '.jpg', '.png');
const files = fc.array(
  fc.tuple(name, extension).map((parts) => parts.join('')),
  { maxLength: 12 },
);

test('pairs are stems that both have, whatever stands between them', () => {
  fc.assert(
    fc.property(files, files, (images, masks) => {
      const stems = new Set(images.map(stemOf));
      const both = new Set(masks.map(stemOf).filter((stem) => stems.has(stem)));
      expect(countPairs(manifest(images), manifest(masks))).toBe(both.size);
    }),
    { numRuns: 2000 },
  );
});

test('files of one side only, and several of one stem', () => {
  const images = manifest(['a.jpg', 'b.jpg', 'c.bmp', 'c.jpg', 'x.jpg']);
  const masks = manifest(['b.png', 'c.bmp', 'c.png', 'd.png', 'x.png', 'y.png']);
  expect(countPairs(images, masks)).toBe(3);
});
