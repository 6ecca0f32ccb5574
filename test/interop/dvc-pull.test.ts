import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDvc } from '../support/dvc.js';
import { git, makeDirectory, writeFiles } from '../support/scratch.js';
import { commitVersion, directoryShelf, smallPairs } from '../support/stored-dataset.js';
import { joinTeam, makeTeam, type Team, wms } from '../support/team.js';

const FILES = {
  ...smallPairs(5),
  'images/2026/é 水.jpg': 'odd',
  'masks/2026/é 水.png': '',
  'images/2026/é.png': 'x',
};

let dvc: Awaited<ReturnType<typeof openDvc>>;
beforeAll(async () => {
  dvc = await openDvc();
});

let team: Team;
let clone: string;
beforeEach(async () => {
  team = await makeTeam();
  await commitVersion(team.clone, directoryShelf(team.store), FILES);
  await git(team.clone, 'push', '--quiet', '--no-verify');
  clone = await joinTeam(team);
});

async function pull(...args: string[]) {
  const { exitCode, stdout, stderr } = await wms(clone, ['data', 'pull', '--json', ...args]);
  expect(stderr).toContain('✔ Version');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

function dataset(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const role of ['images', 'masks']) {
    const root = join(clone, 'data/training', role);
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isDirectory()) files[`${role}/${path.slice(root.length + 1)}`] = readFileSync(path, 'utf8');
    }
  }
  return files;
}

describe.each(['', 'hardlink', 'symlink', 'copy'])('cache.type "%s"', (type) => {
  beforeEach(async () => {
    if (type !== '') await writeFiles(clone, { '.dvc/config.local': `[cache]\n    type = ${type}\n` });
  });

  test('after our pull DVC sees nothing to do, and takes over', async () => {
    await pull();
    expect(dataset()).toEqual(FILES);
    expect(await dvc(clone, 'status')).toContain('up to date');
    expect(await dvc(clone, 'status', '--cloud')).toContain('in sync');
    expect(await dvc(clone, 'data', 'status')).toContain('No changes.');
    // With nothing in the store, DVC could not fetch anything.
    rmSync(team.store, { recursive: true });
    expect(await dvc(clone, 'pull')).toContain('Everything is up to date');
    rmSync(join(clone, 'data/training/images'), { recursive: true });
    await dvc(clone, 'checkout');
    expect(dataset()).toEqual(FILES);
    const pointer = () => readFileSync(join(clone, 'data/training/images.dvc'), 'utf8');
    const before = pointer();
    await dvc(clone, 'add', '--quiet', 'data/training/images');
    expect(pointer()).toBe(before);
  });
});

test('our pull takes everything from a cache that DVC filled', async () => {
  await dvc(clone, 'pull', '--quiet');
  rmSync(join(clone, 'data/training/images'), { recursive: true });
  rmSync(team.store, { recursive: true });
  expect(await pull()).toMatchObject({ written: 7, unchanged: 6, fetched: { objects: 0 } });
  expect(dataset()).toEqual(FILES);
  expect(await dvc(clone, 'status')).toContain('up to date');
});

test('a cache that several clones share, as DVC sets it up', async () => {
  const shared = makeDirectory();
  await dvc(clone, 'cache', 'dir', '--local', shared);
  await dvc(clone, 'config', '--local', 'cache.shared', 'group');
  await dvc(clone, 'config', '--local', 'cache.type', 'reflink,hardlink,copy');
  await pull();
  const second = await joinTeam(team);
  for (const name of ['config.local']) {
    await writeFiles(second, { [`.dvc/${name}`]: readFileSync(join(clone, '.dvc', name), 'utf8') });
  }
  rmSync(team.store, { recursive: true });
  await dvc(second, 'checkout', '--quiet');
  expect(await dvc(second, 'status')).toContain('up to date');
});

test('version after version, DVC and we agree about what is there', async () => {
  await pull();
  const { 'images/2026/é 水.jpg': _image, 'masks/2026/é 水.png': _mask, ...rest } = FILES;
  const second = { ...rest, 'masks/meter_1.png': 'relabelled', ...smallPairs(2, 'new') };
  await commitVersion(team.clone, directoryShelf(team.store), second);
  await git(team.clone, 'push', '--quiet', '--no-verify');
  await git(clone, 'pull', '--quiet');
  await pull();
  expect(dataset()).toEqual(second);
  expect(await dvc(clone, 'status')).toContain('up to date');
  await git(clone, 'checkout', '--quiet', 'HEAD~1');
  await dvc(clone, 'checkout', '--quiet');
  await pull();
  expect(dataset()).toEqual(FILES);
  expect(await dvc(clone, 'status')).toContain('up to date');
});

test('where the files are there already and no cache is, DVC is content after our pull, too', async () => {
  await writeFiles(join(clone, 'data/training'), FILES);
  await pull();
  expect(await dvc(clone, 'status')).toContain('up to date');
  expect(await dvc(clone, 'status', '--cloud')).toContain('in sync');
});

test('an empty dataset directory', async () => {
  await commitVersion(team.clone, directoryShelf(team.store), { 'images/a.png': 'a' });
  await git(team.clone, 'push', '--quiet', '--no-verify');
  await git(clone, 'pull', '--quiet');
  await pull();
  expect(await dvc(clone, 'status')).toContain('up to date');
});
