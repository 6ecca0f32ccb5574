import { describe, expect, it } from 'vitest';
import {
  branchesOfMessage,
  originOf,
  pointerCommitMessage,
  publishedCounts,
} from '../../src/dataset/commit-message.pure.js';

const counts = { existing: 48, new: 2, replaced: 1, removed: 0, total: 50 };
const branch = 'data/20261121-101500';
const message = pointerCommitMessage({ ...counts, unchanged: 0 }, branch);

it('tells what a publish changed, and its branch as a Git trailer', () => {
  expect(message).toBe(
    'data: add 2 pairs, replace 1 pair (50 in total)\n\n' +
      'Existing: 48, New: 2, Replaced: 1, Total: 50\n\n' +
      'Data-Branch: data/20261121-101500\n',
  );
});

const removal = { existing: 48, new: 0, replaced: 0, removed: 2, total: 46 };

it('tells what was removed, and why', () => {
  expect(pointerCommitMessage({ ...removal, unchanged: 0 }, branch, 'Blurred.')).toBe(
    'data: remove 2 pairs (46 in total)\n\n' +
      'Blurred.\n\n' +
      'Existing: 48, New: 0, Replaced: 0, Removed: 2, Total: 46\n\n' +
      'Data-Branch: data/20261121-101500\n',
  );
});

describe('is read again', () => {
  const indented = message.replace(/^(?=.)/gm, '    ');
  it.each([
    ['as it was written', message],
    ['with Windows line ends', message.replaceAll('\n', '\r\n')],
    [
      'from a squash merge of a code host',
      `Meters in Linden street (#7)\n\n* photos\n\n* ${message}\n* train.py\n`,
    ],
    [
      'from Git’s own squash message',
      `Squashed commit of the following:\n\ncommit ${'a'.repeat(40)}\n${indented}`,
    ],
    ['with other trailers', `${message}Signed-off-by: Ana <ana@example.com>\n`],
  ])('%s', (_, text) => {
    expect(publishedCounts(text)).toEqual(counts);
    expect(branchesOfMessage(text)).toEqual([branch]);
    expect(originOf(text)).toBe(branch);
  });

  it('with what was removed', () => {
    expect(publishedCounts(pointerCommitMessage({ ...removal, unchanged: 0 }, branch))).toEqual(removal);
  });

  it('but not as one when it quotes two publishes', () => {
    const both = `${message}\n${message.replace('101500', '101501')}`;
    expect([publishedCounts(both), originOf(both)]).toEqual([null, null]);
    expect(branchesOfMessage(both)).toEqual([branch, 'data/20261121-101501']);
  });
});

it.each([
  ['a merge commit', `Merge pull request #7 from team/${branch}\n\nMeters`, branch],
  ['a merge by hand', `Merge remote-tracking branch 'origin/${branch}' into main`, branch],
  ['something else', 'relabel, see data/2026 and data/20261121-1015009', null],
  ['two branches', `${branch} and data/20261121-101501`, null],
  [
    'a publish that mentions another',
    pointerCommitMessage({ ...counts, unchanged: 0 }, branch, 'undo data/20261120-000000'),
    branch,
  ],
])('the branch that %s names', (_, text, origin) => {
  expect(originOf(text)).toBe(origin);
});
