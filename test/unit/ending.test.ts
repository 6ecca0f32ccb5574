import { expect, test } from 'vitest';
import { describeEnding } from '../../src/publish/ending.js';
import type { PublishOutcome } from '../../src/publish/outcome.js';

const FACTS = {
  remote: 'origin',
  protectedBranch: 'main',
  base: 'b'.repeat(40),
  commit: 'c'.repeat(40),
  finishedAt: '2026-11-21T10:15:00.000Z',
  notPushed: [],
};
const PUBLISHED: PublishOutcome & { outcome: 'published' } = {
  ...FACTS,
  outcome: 'published',
  branch: 'data/20261121-101500',
  branchCommit: 'd'.repeat(40),
  branchParent: FACTS.base,
  counts: { existing: 1, new: 1, replaced: 0, removed: 0, total: 2, unchanged: 0 },
  removed: [],
  store: '/srv/store',
  who: 'ana on this machine',
  smoke: null,
  warnings: 0,
  report: '/work/.git/wms/report/index.html',
  messages: [],
  unsignedCommits: 0,
};

const lines = (
  outcome: PublishOutcome,
  source: 'push' | 'publish' | 'edit' = 'push',
  names: readonly string[] = [],
) => describeEnding(outcome, { source, names, show: (path) => path.replace('/work/', '') });

test('published by a push', () => {
  expect(lines(PUBLISHED)).toEqual([
    'Published. The push to main was stopped on purpose: main never holds raw images.',
    '  Report   .git/wms/report/index.html',
    '  Next     training starts on the branch; after its pull request merges, run: npx wms sync',
  ]);
});

test('published by hand: no push was stopped', () => {
  expect(lines(PUBLISHED, 'publish')[0]).toBe('Published.');
});

test('the first address that the remote printed is shown, nothing else of it', () => {
  const messages = [
    'Create a pull request by visiting:',
    '  https://example.com/team/meters/pull/new/data',
    'bye',
  ];
  expect(lines({ ...PUBLISHED, messages })).toContain(
    '  Remote   https://example.com/team/meters/pull/new/data',
  );
  expect(lines({ ...PUBLISHED, messages: ['no address'] }).join('\n')).not.toContain('Remote');
});

test('lost signatures are mentioned', () => {
  expect(lines({ ...PUBLISHED, unsignedCommits: 2 }).join('\n')).toMatch(/Note .*signature/);
});

test('a remote without the branch: how to make it', () => {
  const first = lines({ ...PUBLISHED, base: null }).join('\n');
  expect(first).toContain(`git push origin ${'b'.repeat(12)}:refs/heads/main`);
  expect(lines({ ...PUBLISHED, base: null, branchParent: null }).join('\n')).not.toContain('git push');
});

test('refs of the same push that did not go, with a command that a shell can take', () => {
  const notPushed = ['feature', ':old', `it's`];
  expect(lines({ ...PUBLISHED, remote: '../my remote', notPushed }).join('\n')).toContain(
    `push without main: git push '../my remote' feature :old 'it'\\''s'`,
  );
});

test('published before', () => {
  const { branch, branchCommit } = PUBLISHED;
  const [first, ...rest] = lines({ ...FACTS, outcome: 'published-before', branch, branchCommit });
  expect(first).toBe(
    'Published before: data/20261121-101500 waits on origin with these images. Nothing was done again.',
  );
  expect(rest).toHaveLength(1);
});

test('a failure ends with its own message', () => {
  const error = { kind: 'x', exitCode: 5, what: 'w', why: null, next: null } as const;
  expect(lines({ ...FACTS, outcome: 'failed', error })).toEqual([]);
});

test('an edit: how to undo what it removed, and what brings the working tree along', () => {
  const removed = ['may/a', 'may/b'];
  const [first, ...rest] = lines({ ...PUBLISHED, commit: null, removed }, 'edit', ['may/*', "it's"]);
  expect(first).toBe('Published.');
  expect(rest).toContain(
    `  Undo     the store keeps the files while any commit names them; to bring them back: npx wms data restore ${'b'.repeat(12)} 'may/*' 'it'\\''s'`,
  );
  expect(rest.at(-1)).toContain('npx wms sync, then npx wms data pull');
});

test('nothing was removed: nothing to undo', () => {
  expect(lines(PUBLISHED, 'edit').join('\n')).not.toContain('Undo');
});

test('an edit that was published before', () => {
  const { branch, branchCommit } = PUBLISHED;
  const [first] = lines({ ...FACTS, outcome: 'published-before', branch, branchCommit }, 'edit');
  expect(first).toContain('waits on origin with this change');
});
