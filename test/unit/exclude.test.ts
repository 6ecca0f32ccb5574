import { expect, test } from 'vitest';
import { directoryPattern, withPatterns } from '../../src/dataset/exclude.js';

const SAMPLE = '# git ls-files --others\n*.log';

test('patterns are added once, in one block, behind what is there', () => {
  const once = withPatterns(SAMPLE, ['/data/images/']);
  expect(once.startsWith(`${SAMPLE}\n# >>> wms data pull`)).toBe(true);
  expect(withPatterns(once, ['/data/images/'])).toBe(once);
  const twice = withPatterns(`${once}/mine\n`, ['/data/masks/']);
  expect(twice.match(/>>> wms data pull/g)).toHaveLength(1);
  expect(twice).toContain('/data/images/\n/data/masks/\n# <<< wms data pull <<<\n/mine\n');
});

test('an empty file gets nothing but the block', () => {
  expect(withPatterns('', ['/a/'])).toMatch(/^# >>> wms data pull.*\n\/a\/\n# <<< wms data pull <<<\n$/);
});

test('characters that mean something in patterns stand for themselves', () => {
  expect(directoryPattern('data/[1]*')).toBe('/data/\\[1\\]\\*/');
});
