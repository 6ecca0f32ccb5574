import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitHash } from '../../src/model/split-hash.pure.js';

const pair = (relpath: string, image: string, mask: string) => ({ relpath, image, mask });
const [A, B] = [pair('a.jpg', '1', '2'), pair('b.jpg', '3', '4')];

it('does not depend on the order of the pairs', () => {
  const text = fc.string({ maxLength: 3 });
  const pairs = fc.array(fc.record({ relpath: text, image: text, mask: text }));
  fc.assert(fc.property(pairs, (list) => splitHash(list) === splitHash(list.toReversed())));
});

it('changes with every name, image and mask, and with every pair', () => {
  const sets = [
    [],
    [A],
    [A, B],
    [A, A],
    [pair('A.jpg', '1', '2')],
    [pair('a.jpg', '2', '2')],
    [pair('a.jpg', '1', '1')],
    [pair('a.jpg', '2', '1')],
    [pair('a.jpg","1', '2', '')],
  ];
  expect(new Set(sets.map(splitHash)).size).toBe(sets.length);
});
