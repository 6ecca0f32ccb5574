import { expect, it } from 'vitest';
import {
  attributesLine,
  mergeDriver,
  mergeDriverSettings,
  namesMergeDriver,
  withAttributes,
  withoutAttributes,
} from '../../src/config/merge-driver.pure.js';

const LINES = [attributesLine('data/training/images'), attributesLine('data/training/masks')];
const OURS = 'data/training/images.dvc merge=wms\ndata/training/masks.dvc merge=wms\n';

it('a line names one path and no other', () => {
  expect(attributesLine('data/training/images')).toBe('data/training/images.dvc merge=wms');
  expect(attributesLine('photos')).toBe('/photos.dvc merge=wms');
  expect(attributesLine('data/my photos [x]*')).toBe('"data/my photos \\\\[x]\\\\*.dvc" merge=wms');
  expect(attributesLine('!data/"a"')).toBe('"\\\\!data/\\"a\\".dvc" merge=wms');
});

it.each([
  ['', OURS],
  ['*.dvc merge=dvc\n', `*.dvc merge=dvc\n${OURS}`],
  ['*.png binary', `*.png binary\n${OURS}`],
  ['*.png binary\r\n', `*.png binary\r\n${OURS.replaceAll('\n', '\r\n')}`],
  [`${LINES[1]}\n# mine\n`, `${LINES[1]}\n# mine\n${LINES[0]}\n`],
])('is put behind what stands there (%j), once, and can be taken out', (before, after) => {
  expect(withAttributes(before, LINES)).toBe(after);
  expect(withAttributes(after, LINES)).toBe(after);
  expect(namesMergeDriver(after)).toBe(true);
  const without = withoutAttributes(after, LINES);
  expect(without.trim()).toBe(before.replace(`${LINES[1]}\n`, '').trim());
  expect(namesMergeDriver(without)).toBe(false);
});

it('is not taken for named by a comment or another driver', () => {
  expect(namesMergeDriver('# *.dvc merge=wms\n*.dvc merge=dvc\n')).toBe(false);
});

it('the command survives odd package directories, and comes before the name', () => {
  const driver = mergeDriver("it's 100%/node_modules/wms-hooks");
  expect(driver.command).toContain("\"$top\"/'it'\\''s 100%%/node_modules/wms-hooks/bin/wms.js'");
  expect(mergeDriverSettings(driver).map(([key]) => key)).toEqual(['merge.wms.driver', 'merge.wms.name']);
});
