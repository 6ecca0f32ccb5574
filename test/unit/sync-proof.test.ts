import { expect, test } from 'vitest';
import { proveByDataset, proveByVersion, type RawBytes } from '../../src/dataset/sync/proof.pure.js';

const md5 = (seed: number) => seed.toString(16).padStart(32, '0');
const entry = (relpath: string, seed: number) => ({ relpath, md5: md5(seed) });
const file = (role: RawBytes['role'], relpath: string, seed: number | null, committedAt = 100): RawBytes => ({
  role,
  path: `data/${role}/${relpath}`,
  relpath,
  md5: seed === null ? null : md5(seed),
  committedAt: new Date(committedAt),
});
const dataset = {
  images: [entry('a.jpg', 1), entry('b.jpg', 2)],
  masks: [entry('a.png', 11), entry('b.png', 12)],
};

test('a file is proven by its name and bytes, in its own directory', () => {
  const files = [file('images', 'a.jpg', 1), file('masks', 'a.png', 11), file('masks', 'new.png', 1)];
  const { proven, unproven } = proveByDataset(files, dataset);
  expect([...proven.values()]).toEqual(['same-name', 'same-name']);
  expect(unproven).toEqual([files[2]]);
});

test('bytes under another name prove a file whose name the dataset does not have', () => {
  const files = [file('masks', 'renamed.png', 12), file('masks', 'a.png', 12), file('masks', 'a.tif', 12)];
  const { proven, unproven } = proveByDataset(files, dataset);
  expect([...proven]).toEqual([[files[0], 'other-name']]);
  expect(unproven).toEqual([files[1], files[2]]);
});

test('what has no bytes is never proven', () => {
  const files = [file('images', 'a.jpg', null)];
  expect(proveByDataset(files, dataset).unproven).toEqual(files);
  expect(proveByVersion(files, dataset, new Date(1000)).unproven).toEqual(files);
});

test('an earlier version proves only what was committed before it', () => {
  const [before, after] = [file('masks', 'a.png', 11, 100), file('masks', 'a.png', 11, 101)];
  const { proven, unproven } = proveByVersion([before, after], dataset, new Date(100));
  expect([...proven]).toEqual([[before, 'earlier']]);
  expect(unproven).toEqual([after]);
});
