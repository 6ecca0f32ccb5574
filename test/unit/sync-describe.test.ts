import { expect, test } from 'vitest';
import { describeSync } from '../../src/dataset/sync/describe.pure.js';
import type { SyncOutcome } from '../../src/dataset/sync/outcome.js';

const synced: SyncOutcome = {
  outcome: 'synced',
  remote: 'origin',
  branch: 'main',
  upstream: 'b'.repeat(40),
  from: 'a'.repeat(40),
  to: 'c'.repeat(40),
  commits: { dropped: 2, kept: 1, signaturesLost: false },
  files: ['data/training/images/a.jpg', 'data/training/masks/a.png'],
  namedOtherwise: [],
  changedHere: [],
  pairs: 50,
  backup: 'refs/wms/backup/main-20261121-101500',
  checkedOut: true,
  stillInHead: false,
};
const text = (outcome: SyncOutcome) => describeSync(outcome, (word) => word).join('\n');

test('a sync names what moved, what the dataset holds and the way back', () => {
  expect(text(synced)).toBe(
    [
      'Synced: main is on origin/main, with 1 commit of yours on top.',
      '  Dataset  holds the 2 raw files that left main (50 pairs)',
      '  Files    stay where they are on disk, and Git ignores them now; npx wms add stages changed ones',
      '  Backup   refs/wms/backup/main-20261121-101500; to go back: git reset --keep refs/wms/backup/main-20261121-101500',
    ].join('\n'),
  );
});

test('a branch that is not checked out goes back without touching the working tree', () => {
  const lines = text({ ...synced, checkedOut: false, stillInHead: true });
  expect(lines).toContain('git branch --force main refs/wms/backup/main-20261121-101500');
  expect(lines).toContain('git switch main takes them off the disk');
  expect(lines).not.toContain('Files ');
});

test('nothing to do, and a rehearsal', () => {
  const idle: SyncOutcome = { ...synced, outcome: 'nothing-to-do', files: [], backup: null };
  expect(text(idle)).toBe(
    'Nothing to do: main is on origin/main with 1 commit of your own, and holds no raw files of its own.',
  );
  expect(text({ ...synced, outcome: 'would-sync', backup: null })).toMatch(
    /^Would move main onto origin\/main/,
  );
});
