import { expect, it } from 'vitest';
import { pointerCommitMessage, publishedCounts } from '../../src/dataset/commit-message.pure.js';

const counts = { existing: 48, new: 2, replaced: 1, removed: 0, total: 50, unchanged: 0 };

it('tells what a publish changed, and its branch as a Git trailer', () => {
  expect(pointerCommitMessage(counts, 'data/20261121-101500')).toBe(
    'data: add 2 pairs, replace 1 pair (50 in total)\n\n' +
      'Existing: 48, New: 2, Replaced: 1, Total: 50\n\n' +
      'Data-Branch: data/20261121-101500\n',
  );
});

it('tells what was removed, and why', () => {
  const removal = { existing: 48, new: 0, replaced: 0, removed: 2, total: 46, unchanged: 0 };
  expect(pointerCommitMessage(removal, 'data/20261121-101500', 'Blurred.')).toBe(
    'data: remove 2 pairs (46 in total)\n\n' +
      'Blurred.\n\n' +
      'Existing: 48, New: 0, Replaced: 0, Removed: 2, Total: 46\n\n' +
      'Data-Branch: data/20261121-101500\n',
  );
});

it.each([0, 2])('counts can be read back (%i removed)', (removed) => {
  const { existing: _, unchanged: __, ...told } = { ...counts, removed };
  expect(publishedCounts(pointerCommitMessage({ ...counts, removed }, 'data/20261121-101500'))).toEqual(told);
});
