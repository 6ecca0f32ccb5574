import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathOf, patternOf, withBlock } from '../../src/clone/exclude.pure.js';

const BLOCK = { begin: '# >>> ours >>>', end: '# <<< ours <<<' };
const OTHERS = '# git ls-files --others\n*.log';
const add = (text: string, ...patterns: string[]) =>
  withBlock(text, BLOCK, (present) => [...new Set([...present, ...patterns])]);

test('patterns are added once, in one block, behind what is there', () => {
  const once = add(OTHERS, '/data/images/');
  expect(once).toBe(`${OTHERS}\n# >>> ours >>>\n/data/images/\n# <<< ours <<<\n`);
  expect(add(once, '/data/images/')).toBe(once);
  const twice = add(`${once}/mine\n`, '/data/masks/');
  expect(twice).toBe(`${OTHERS}\n# >>> ours >>>\n/data/images/\n/data/masks/\n# <<< ours <<<\n/mine\n`);
});

test('an empty file gets nothing but the block, and loses it with its last pattern', () => {
  const text = add('', '/a/');
  expect(text).toBe('# >>> ours >>>\n/a/\n# <<< ours <<<\n');
  expect(withBlock(text, BLOCK, () => [])).toBe('');
  expect(withBlock(OTHERS, BLOCK, () => [])).toBe(OTHERS);
});

test('what a pattern would understand is escaped', () => {
  expect(patternOf('a*[b]?\\c.png')).toBe('/a\\*\\[b\\]\\?\\\\c.png');
  expect(patternOf('end  ')).toBe('/end\\ \\ ');
  expect(patternOf('line\nbreak')).toBe('/line?break');
  expect(pathOf('/line?break')).toBeNull();
});

test('a pattern tells its path, and is one line, whatever the name', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !/[\0\r\n]/.test(text));
  fc.assert(
    fc.property(name, (path) => {
      expect(pathOf(patternOf(path))).toBe(path);
      expect(patternOf(path).split('\n')).toHaveLength(1);
    }),
  );
});
