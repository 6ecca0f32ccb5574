import { expect, test } from 'vitest';
import { count, grouped } from '../../src/words.js';

test('large numbers are written in groups of three, as English does', () => {
  for (const whole of [0, 7, 999, 1000, 12_345, 100_000, 1_234_567, 9_007_199_254_740_991])
    expect(grouped(whole)).toBe(whole.toLocaleString('en'));
});

test('one thing is one thing', () => {
  expect([count(0, 'file'), count(1, 'file'), count(1200, 'file')]).toEqual([
    '0 files',
    '1 file',
    '1,200 files',
  ]);
});
