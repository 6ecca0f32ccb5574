import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excludeFiles } from '../../src/dataset/sync/exclude.pure.js';

const there = () => true;
const OTHERS = '# mine\n*.log\n';

test('a block with one line per file stands behind what is there', () => {
  const text = excludeFiles(OTHERS, ['data/b.png', 'data/a.png'], there);
  const [first, second, begin, ...rest] = text.split('\n');
  expect([first, second]).toEqual(['# mine', '*.log']);
  expect(begin).toMatch(/^# >>> wms sync/);
  expect(rest).toEqual(['/data/a.png', '/data/b.png', expect.stringMatching(/^# <<< wms sync/), '']);
});

test('what a pattern would understand is escaped', () => {
  const text = excludeFiles('', ['a*[b]?\\c.png', 'end  ', 'line\nbreak'], there);
  expect(text).toContain('\n/a\\*\\[b\\]\\?\\\\c.png\n');
  expect(text).toContain('\n/end\\ \\ \n');
  expect(text).toContain('\n/line?break\n');
});

test('files that are gone leave the block, and the last one takes it along', () => {
  const text = excludeFiles(OTHERS, ['odd [1]\\ .png', 'b.png'], there);
  expect(excludeFiles(text, [], (path) => path === 'odd [1]\\ .png')).toBe(
    excludeFiles(OTHERS, ['odd [1]\\ .png'], there),
  );
  expect(excludeFiles(text, [], () => false)).toBe(OTHERS);
});

test('the same again changes nothing, whatever the names', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(name), (names) => {
      const once = excludeFiles(OTHERS, names, there);
      expect(excludeFiles(once, names, there)).toBe(once);
      expect(excludeFiles(once, [], there)).toBe(once);
    }),
  );
});
