import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import {
  datasetPath,
  findRawFiles,
  refuseOddDirectory,
  refuseOddNames,
  withParents,
} from '../../src/dataset/raw-files.js';
import type { Change, CommitChanges, TreeEntry } from '../../src/ports/git-repository.js';

const config = parseConfig('{ "dataset": { "images": "photos", "masks": "labels" } }', 'test');
const entry = (path: string, oid: string, mode = '100644'): TreeEntry => ({ mode, oid, path });

function change(status: string, path: string, newOid: string): Change {
  const mode = status === 'D' ? '000000' : '100644';
  return { status, path, oldMode: '100644', newMode: mode, oldOid: 'old', newOid };
}

const commits = (...all: Change[][]): CommitChanges[] =>
  all.map((changes, index) => ({ oid: `c${index}`, parents: [], changes }));

test.each([
  ['photos/a.png', { role: 'images', relpath: 'a.png' }],
  ['labels/street 5/a.png', { role: 'masks', relpath: 'street 5/a.png' }],
  ['photos/-rf', { role: 'images', relpath: '-rf' }],
  ['photos', null],
  ['photos.dvc', null],
  ['photos2/a.png', null],
  ['other/photos/a.png', null],
  ['photos/.gitkeep', null],
  ['photos/.cache/a.png', null],
  ['Photos/a.png', null],
])('%s', (path, place) => {
  expect(datasetPath(config, path)).toEqual(place);
});

test('a new file is published and taken out', () => {
  const found = findRawFiles({
    config,
    commits: commits([change('A', 'photos/a.png', '1'), change('A', 'train.py', '2')]),
    tipEntries: [entry('photos/a.png', '1')],
    baseEntries: [],
  });
  expect(found.files).toEqual([
    { role: 'images', relpath: 'a.png', path: 'photos/a.png', mode: '100644', source: { blob: '1' } },
  ]);
  expect(found.removedAgain).toEqual([]);
  expect([...found.strip]).toEqual([['photos/a.png', null]]);
});

test('the last of several versions is published', () => {
  const { files } = findRawFiles({
    config,
    commits: commits([change('A', 'photos/a.png', '1')], [change('M', 'photos/a.png', '2')]),
    tipEntries: [entry('photos/a.png', '2')],
    baseEntries: [],
  });
  expect(files.map(({ source }) => source)).toEqual([{ blob: '2' }]);
});

test('a file that comes and goes is only taken out', () => {
  const { files, removedAgain, strip } = findRawFiles({
    config,
    commits: commits([change('A', 'photos/a.png', '1')], [change('D', 'photos/a.png', '0')]),
    tipEntries: [],
    baseEntries: [],
  });
  expect(files).toEqual([]);
  expect(removedAgain).toEqual(['photos/a.png']);
  expect(strip.has('photos/a.png')).toBe(true);
});

test('what the remote’s branch holds stays there; a change of it is published', () => {
  const old = entry('labels/a.png', '1');
  const { files, strip } = findRawFiles({
    config,
    commits: commits([change('M', 'labels/a.png', '2')]),
    tipEntries: [entry('labels/a.png', '2')],
    baseEntries: [old],
  });
  expect(files.map(({ path }) => path)).toEqual(['labels/a.png']);
  expect([...strip]).toEqual([['labels/a.png', old]]);
});

test('nothing to do: a removal, a merge of what the remote has, a change that is taken back', () => {
  const base = [entry('photos/a.png', '1'), entry('photos/b.png', '2'), entry('photos/c.png', '3')];
  const { files, strip } = findRawFiles({
    config,
    commits: commits(
      [change('D', 'photos/a.png', '0')],
      [change('A', 'photos/b.png', '2')],
      [change('M', 'photos/c.png', '9')],
      [change('M', 'photos/c.png', '3')],
    ),
    tipEntries: base.slice(1),
    baseEntries: base,
  });
  expect(files).toEqual([]);
  expect([...strip.keys()]).toEqual(['photos/c.png']);
});

test('links and submodules are raw files, too: the image rules refuse them', () => {
  const { files } = findRawFiles({
    config,
    commits: commits([change('A', 'photos/link.png', '1'), change('T', 'photos/module', '2')]),
    tipEntries: [entry('photos/link.png', '1', '120000'), entry('photos/module', '2', '160000')],
    baseEntries: [],
  });
  expect(files.map(({ mode }) => mode)).toEqual(['120000', '160000']);
});

const raw = (...paths: string[]) => ({
  files: [],
  removedAgain: [],
  strip: new Map(paths.map((path) => [path, null])),
});

test('names that are not UTF-8 are refused, all of them', () => {
  expect(() => refuseOddNames(raw('photos/Straße.png', 'photos/水\n.png'))).not.toThrow();
  expect(() => refuseOddNames(raw('photos/stra\ufffde.png', 'photos/ok.png', 'labels/\ufffd.png'))).toThrow(
    expect.objectContaining({
      kind: 'images/names',
      code: 3,
      message: '2 files have names that cannot be in a dataset.',
      why: 'photos/stra\ufffde.png is not UTF-8 text\nlabels/\ufffd.png is not UTF-8 text',
    }),
  );
});

test.each([
  ['120000', 'a symbolic link'],
  ['160000', 'a submodule'],
  ['100644', 'a file'],
])('a dataset directory of mode %s is refused', (mode, kind) => {
  const at = (path: string) => () => refuseOddDirectory('data/photos', { path, mode });
  expect(at('data/photos')).toThrow(`The dataset directory data/photos is ${kind}.`);
  expect(at('data')).toThrow(`The dataset directory data/photos cannot be used: data is ${kind}.`);
});

test('a directory is a directory', () => {
  expect(() => refuseOddDirectory('photos', { path: 'photos', mode: '040000' })).not.toThrow();
  expect(withParents('a/b/c')).toEqual(['a', 'a/b', 'a/b/c']);
});
