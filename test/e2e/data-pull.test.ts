import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { md5Of } from '../support/manifests.js';
import { commitFiles, git, makeDirectory, writeFiles } from '../support/scratch.js';
import {
  commitVersion,
  directoryShelf,
  type Shelf,
  smallPairs,
  type Version,
} from '../support/stored-dataset.js';
import { joinTeam, makeTeam, type Team, wms } from '../support/team.js';

let team: Team;
let shelf: Shelf;
let clone: string;
const FIRST: Record<string, string> = {
  ...smallPairs(3),
  'images/2026/deep.jpg': 'deep photo',
  'masks/2026/deep.png': 'deep mask',
};

beforeEach(async () => {
  team = await makeTeam();
  shelf = directoryShelf(team.store);
  await commitVersion(team.clone, shelf, FIRST);
  await git(team.clone, 'push', '--quiet', '--no-verify');
  clone = await joinTeam(team);
});

const pull = (...args: string[]) => wms(clone, ['data', 'pull', ...args]);

function filesIn(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory()) found[path.slice(root.length + 1)] = readFileSync(path, 'utf8');
  }
  return found;
}
const dataset = () => {
  const { 'images.dvc': _images, 'masks.dvc': _masks, ...files } = filesIn(join(clone, 'data/training'));
  return files;
};
const training = (path: string) => join(clone, 'data/training', path);

async function nextVersion(version: Version): Promise<void> {
  await commitVersion(team.clone, shelf, version);
  await git(team.clone, 'push', '--quiet', '--no-verify');
  await git(clone, 'pull', '--quiet');
}

test('a fresh clone gets every file, a cache in the layout of DVC, and a clean status', async () => {
  const { exitCode, stdout, stderr } = await pull('--json');
  expect(stderr).toContain('8 files written, 0 unchanged, 8 objects fetched');
  expect(exitCode).toBe(0);
  expect(dataset()).toEqual(FIRST);
  expect(JSON.parse(stdout)).toMatchObject({
    revision: 'HEAD',
    files: { images: 4, masks: 4 },
    written: 8,
    fetched: { objects: 8 },
  });
  expect(await git(clone, 'status', '--porcelain')).toBe('');
  const object = join(clone, '.dvc/cache', objectKey(md5Of('photo meter 0')));
  expect(statSync(object).mode & 0o777).toBe(0o444);
  expect(statSync(training('images/meter_0.jpg')).mode & 0o200).toBe(0o200);

  const again = await pull();
  expect(again.stderr).toContain('0 files written, 8 unchanged, 0 objects fetched');
});

test('what is missing comes from the cache when it is there, and damage in the cache is noticed', async () => {
  await pull();
  rmSync(training('images'), { recursive: true });
  const damaged = join(clone, '.dvc/cache', objectKey(md5Of('photo meter 0')));
  chmodSync(damaged, 0o644);
  writeFileSync(damaged, 'photo METER 0');
  const { stderr } = await pull();
  expect(stderr).toContain('4 files written, 4 unchanged, 1 object fetched');
  expect(dataset()).toEqual(FIRST);
  expect(readFileSync(damaged, 'utf8')).toBe('photo meter 0');
});

test('a newer version replaces, adds and removes; files of nobody else are touched', async () => {
  await pull();
  await writeFiles(clone, { 'data/training/images/new photo.jpg': 'mine' });
  const { 'images/2026/deep.jpg': _image, 'masks/2026/deep.png': _mask, ...rest } = FIRST;
  const second = { ...rest, 'masks/meter_1.png': 'relabelled', ...smallPairs(1, 'other') };
  await nextVersion(second);
  const { exitCode, stderr } = await pull();
  expect(stderr).toContain('3 files written, 5 unchanged, 2 removed');
  expect(exitCode).toBe(0);
  expect(dataset()).toEqual({ ...second, 'images/new photo.jpg': 'mine' });
  expect(existsSync(training('images/2026'))).toBe(false);
});

test('going to another branch of the remote and back leaves exactly each version', async () => {
  await pull();
  await git(team.clone, 'switch', '--quiet', '-c', 'data/20261121-101500');
  const second = { ...FIRST, ...smallPairs(2, 'candidate') };
  await commitVersion(team.clone, shelf, second);
  await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'data/20261121-101500');

  expect((await pull('data/20261121-101500')).exitCode).toBe(0);
  expect(dataset()).toEqual(second);
  expect((await pull('origin/main')).exitCode).toBe(0);
  expect(dataset()).toEqual(FIRST);
  expect((await pull('data/20990101-000000')).stderr).toContain(
    'There is no revision "data/20990101-000000"',
  );
});

describe('a file that differs', () => {
  test('is left alone when no version has its bytes, and so is everything else', async () => {
    await writeFiles(clone, {
      'data/training/images/meter_0.jpg': 'my own',
      'data/training/masks/meter_1.png': 'x',
    });
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(6);
    expect(stderr).toContain('2 files here differ from the dataset');
    expect(stderr).toContain('data/training/images/meter_0.jpg');
    expect(stderr).toContain('--force');
    expect(dataset()).toEqual({ 'images/meter_0.jpg': 'my own', 'masks/meter_1.png': 'x' });
    expect((await pull('--force')).exitCode).toBe(0);
    expect(dataset()).toEqual(FIRST);
  });

  test('is replaced when the history has its bytes, though this clone never pulled that version', async () => {
    await nextVersion({ ...FIRST, 'masks/meter_1.png': 'relabelled' });
    await nextVersion({ ...FIRST, 'masks/meter_1.png': 'relabelled twice' });
    await writeFiles(clone, { 'data/training/masks/meter_1.png': 'mask meter 1' });
    expect((await pull()).exitCode).toBe(0);
    expect(dataset()['masks/meter_1.png']).toBe('relabelled twice');
  });

  test('is noticed although its size and its time are the old ones', async () => {
    await pull();
    const file = training('images/meter_0.jpg');
    const { atime, mtime } = statSync(file);
    writeFileSync(file, 'photo METER 0');
    utimesSync(file, atime, mtime);
    expect((await pull()).exitCode).toBe(6);
  });
});

test('files of an older version stay when they were changed, or when Git tracks them', async () => {
  await pull();
  await writeFiles(clone, { 'data/training/images/meter_0.jpg': 'edited' });
  await git(clone, 'add', '--force', 'data/training/masks/meter_0.png');
  const { 'images/meter_0.jpg': _image, 'masks/meter_0.png': _mask, ...rest } = FIRST;
  await nextVersion(rest);
  const { stderr } = await pull();
  expect(stderr).toContain('nothing to do');
  expect(dataset()).toEqual({ ...FIRST, 'images/meter_0.jpg': 'edited' });
});

describe('another directory', () => {
  test('gets images/ and masks/, and the working tree stays as it is', async () => {
    const to = makeDirectory();
    await writeFiles(to, { 'images/notes.txt': 'mine' });
    const { exitCode } = await pull('--to', to);
    expect(exitCode).toBe(0);
    expect(filesIn(to)).toEqual({ ...FIRST, 'images/notes.txt': 'mine' });
    expect(existsSync(training('images'))).toBe(false);
    expect(readFileSync(join(clone, '.git/info/exclude'), 'utf8')).not.toContain('wms data pull');
  });

  test('can hold a part: a glob keeps pairs together, a sample depends on its seed alone', async () => {
    const [one, two, three] = [makeDirectory(), makeDirectory(), makeDirectory()];
    await pull('--to', one, '--only', '2026/*.png');
    expect(Object.keys(filesIn(one)).sort()).toEqual(['images/2026/deep.jpg', 'masks/2026/deep.png']);
    await pull('--to', two, '--sample', '2', '--seed', 'x');
    await pull('--to', three, '--sample', '2', '--seed', 'x');
    expect(Object.keys(filesIn(two))).toHaveLength(4);
    expect(filesIn(two)).toEqual(filesIn(three));
    expect((await pull('--to', one, '--only', 'nothing*')).exitCode).toBe(2);
    expect((await pull('--sample', 'many')).exitCode).toBe(2);
    expect((await pull('--seed', '7')).exitCode).toBe(2);
  });
});

test('a part in place removes nothing', async () => {
  await pull();
  await nextVersion(smallPairs(1));
  await pull('--only', 'meter_0*');
  expect(dataset()).toEqual(FIRST);
});

describe('types of links', () => {
  const withCache = (lines: string) => writeFiles(clone, { '.dvc/config.local': `[cache]\n${lines}\n` });

  test.each([
    ['hardlink', (file: string) => expect(lstatSync(file).nlink).toBe(2)],
    ['symlink', (file: string) => expect(lstatSync(file).isSymbolicLink()).toBe(true)],
    ['"reflink,copy"', (file: string) => expect(lstatSync(file).nlink).toBe(1)],
  ])('%s', async (type, check) => {
    await withCache(`    type = ${type}\n    dir = ../../shared-cache`);
    expect((await pull()).exitCode).toBe(0);
    check(training('images/meter_0.jpg'));
    expect(dataset()).toEqual(FIRST);
    expect(existsSync(join(clone, '../shared-cache/files/md5'))).toBe(true);
    expect((await pull()).stderr).toContain('0 files written, 8 unchanged');
    const second = { ...FIRST, 'masks/meter_1.png': 'relabelled' };
    await nextVersion(second);
    expect((await pull()).stderr).toContain('1 file written');
    expect(dataset()).toEqual(second);
  });

  test('a directory of its own never depends on the cache', async () => {
    await withCache('    type = hardlink');
    const to = makeDirectory();
    await pull('--to', to);
    expect(lstatSync(join(to, 'images/meter_0.jpg')).nlink).toBe(1);
  });

  test('one that DVC does not know is named', async () => {
    await withCache('    type = softlink');
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('"softlink"');
  });

  test('shared = group makes directories that the group can write to', async () => {
    await withCache('    shared = group');
    await pull();
    expect(statSync(join(clone, '.dvc/cache/files/md5')).mode & 0o7777).toBe(0o2775);
  });
});

describe('what stands in the way', () => {
  test('a directory with the name of a file', async () => {
    await mkdir(training('images/meter_0.jpg'), { recursive: true });
    const { exitCode, stderr } = await pull('--force');
    expect(exitCode).toBe(6);
    expect(stderr).toContain('images/meter_0.jpg is not a file');
  });

  test('a link in place of a directory is not followed', async () => {
    const outside = makeDirectory();
    await mkdir(training('images'), { recursive: true });
    await symlink(outside, training('images/2026'));
    const { exitCode, stderr } = await pull('--force');
    expect(exitCode).toBe(6);
    expect(stderr).toContain('images/2026 is not a directory');
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a dataset directory that is a link to a larger disk is fine', async () => {
    const disk = makeDirectory();
    symlinkSync(disk, training('images'));
    expect((await pull()).exitCode).toBe(0);
    expect(readFileSync(join(disk, 'meter_0.jpg'), 'utf8')).toBe('photo meter 0');
  });
});

test('objects that the store lost do not keep the others back; they are named with their files', async () => {
  rmSync(join(team.store, objectKey(md5Of('photo meter 1'))));
  const { exitCode, stderr } = await pull();
  expect(exitCode).toBe(5);
  expect(stderr).toContain('1 file could not be had');
  expect(stderr).toContain(`data/training/images/meter_1.jpg (${md5Of('photo meter 1')} is missing)`);
  const { 'images/meter_1.jpg': _, ...rest } = FIRST;
  expect(dataset()).toEqual(rest);
});

test('two pulls at once end well, and leave nothing else behind', async () => {
  const many = smallPairs(150);
  await nextVersion(many);
  await writeFile(join(clone, '.dvc/config.local'), '[cache]\n    type = hardlink\n');
  const ends = await Promise.all([pull(), pull()]);
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(dataset()).toEqual(many);
});

test('a pointer that DVC 2 wrote is refused by name', async () => {
  const pointer = `outs:\n- md5: ${md5Of('x')}.dir\n  size: 1\n  nfiles: 1\n  path: images\n`;
  await commitFiles(clone, { 'data/training/images.dvc': pointer });
  const { exitCode, stderr } = await pull();
  expect(exitCode).toBe(2);
  expect(stderr).toContain('data/training/images.dvc was written by DVC 2');
  expect(stderr).toContain('dvc cache migrate');
});

test('a revision without a dataset says so', async () => {
  const { exitCode, stderr } = await pull('HEAD~1');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('has no dataset');
});

describe('many files, which threads write', () => {
  const many = {
    ...smallPairs(80),
    'images/2026/deep.jpg': 'deep photo',
    'masks/2026/deep.png': 'deep mask',
  };

  beforeEach(() => nextVersion(many));

  test('arrive from the store, and again from the cache', async () => {
    const { stderr } = await pull();
    expect(stderr).toContain('162 files written, 0 unchanged, 162 objects fetched');
    expect(stderr).not.toContain('Warning');
    expect(dataset()).toEqual(many);
    rmSync(training('images'), { recursive: true });
    rmSync(training('masks'), { recursive: true });
    const damaged = join(clone, '.dvc/cache', objectKey(md5Of('photo meter 7')));
    chmodSync(damaged, 0o644);
    writeFileSync(damaged, 'photo METER 7');
    expect((await pull()).stderr).toContain('162 files written, 0 unchanged, 1 object fetched');
    expect(dataset()).toEqual(many);
    expect(readFileSync(damaged, 'utf8')).toBe('photo meter 7');
  });

  test('what the disk refuses is told with the place and the reason', async () => {
    const directory = dirname(join(clone, '.dvc/cache', objectKey(md5Of('photo meter 7'))));
    await mkdir(dirname(directory), { recursive: true });
    writeFileSync(directory, 'in the way');
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`✖ ${directory}/`);
    expect(stderr).toContain('cannot be used');
    expect(stderr).not.toContain('Warning');
    expect(stderr).toContain('A file stands where a directory is needed');
    rmSync(directory);
    expect((await pull()).exitCode).toBe(0);
    expect(dataset()).toEqual(many);
  });
});
