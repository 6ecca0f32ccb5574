import { expect, it } from 'vitest';
import { pointerCommitMessage } from '../../src/dataset/commit-message.pure.js';

const counts = { existing: 48, new: 2, replaced: 1, total: 50, unchanged: 0 };

it('tells what a publish changed, and its branch as a Git trailer', () => {
  expect(pointerCommitMessage(counts, 'data/20261121-101500')).toBe(
    'data: add 2 pairs, replace 1 pair (50 in total)\n\n' +
      'Existing: 48, New: 2, Replaced: 1, Total: 50\n\n' +
      'Data-Branch: data/20261121-101500\n',
  );
});
