import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { md5Of } from '../support/manifests.js';
import { git } from '../support/scratch.js';
import { commitVersion, directoryShelf, smallPairs } from '../support/stored-dataset.js';
import { joinTeam, makeTeam, type Team, wms } from '../support/team.js';

let team: Team;
let clone: string;
const FILES = { ...smallPairs(2), 'images/copy.jpg': 'photo meter 0', 'masks/copy.png': 'mask meter 0' };

beforeEach(async () => {
  team = await makeTeam();
  await commitVersion(team.clone, directoryShelf(team.store), FILES);
  await git(team.clone, 'push', '--quiet', '--no-verify');
  clone = await joinTeam(team);
});

const verify = (...args: string[]) => wms(clone, ['data', 'verify', ...args]);
const stored = (id: string) => join(team.store, objectKey(id));
const [lost, bad] = [md5Of('photo meter 0'), md5Of('mask meter 1')];

function harm(): void {
  rmSync(stored(lost));
  chmodSync(stored(bad), 0o644);
  writeFileSync(stored(bad), 'MASK meter 1');
}

async function manifestOf(role: string): Promise<string> {
  const text = await git(clone, 'show', `HEAD:data/training/${role}.dvc`);
  return /md5: (\S+)/.exec(text)?.[1] ?? '';
}

test('a store that has everything is told so', async () => {
  const asked = await verify();
  expect(asked.exitCode).toBe(0);
  expect(asked.stderr).toContain('has all 6 objects of HEAD (not read; --deep compares the bytes)');
  const read = await verify('origin/main', '--deep', '--json');
  expect(read.exitCode).toBe(0);
  expect(JSON.parse(read.stdout)).toMatchObject({
    revision: 'origin/main',
    objects: 6,
    faults: [],
    deep: true,
  });
});

test('missing objects are named with all files that have their bytes; damage takes --deep', async () => {
  harm();
  const asked = await verify();
  expect(asked.exitCode).toBe(5);
  expect(asked.stderr).toContain(
    `missing ${lost}  data/training/images/copy.jpg, data/training/images/meter_0.jpg`,
  );
  expect(asked.stderr).not.toContain('corrupt');
  const { exitCode, stderr, stdout } = await verify('--deep', '--json');
  expect(exitCode).toBe(5);
  expect(stderr).toContain(`corrupt ${bad}  data/training/masks/meter_1.png`);
  expect(JSON.parse(stdout).faults).toContainEqual({
    id: bad,
    fault: 'corrupt',
    files: ['data/training/masks/meter_1.png'],
    repaired: false,
  });
});

test('--repair puts back what the cache has', async () => {
  await wms(clone, ['data', 'pull']);
  rmSync(join(clone, 'data/training/images'), { recursive: true });
  rmSync(join(clone, 'data/training/masks'), { recursive: true });
  harm();
  const { exitCode, stderr } = await verify('--deep', '--repair');
  expect(stderr).toContain('2 objects put back');
  expect(exitCode).toBe(0);
  expect((await verify('--deep')).exitCode).toBe(0);
});

test('--repair takes bytes from the working tree, and only the right ones', async () => {
  await wms(clone, ['data', 'pull']);
  rmSync(join(clone, '.dvc/cache/files'), { recursive: true });
  harm();
  writeFileSync(join(clone, 'data/training/images/copy.jpg'), 'PHOTO meter 0');
  writeFileSync(join(clone, 'data/training/masks/meter_1.png'), 'something else');
  const { exitCode, stderr } = await verify('--deep', '--repair');
  expect(exitCode).toBe(5);
  expect(stderr).toContain('1 of 2 put back');
  expect(stderr).not.toContain(lost);
  expect(stderr).toContain(`corrupt ${bad}`);
});

test('a manifest is put back only after all that it names', async () => {
  await wms(clone, ['data', 'pull']);
  const [images, masks] = [await manifestOf('images'), await manifestOf('masks')];
  harm();
  for (const id of [images, masks]) rmSync(stored(id));
  rmSync(join(clone, '.dvc/cache', objectKey(bad)));
  rmSync(join(clone, 'data/training/masks/meter_1.png'));
  const { exitCode, stderr } = await verify('--deep', '--repair');
  expect(exitCode).toBe(5);
  expect(stderr).toContain(`missing ${masks}  data/training/masks.dvc`);
  expect([existsSync(stored(images)), existsSync(stored(masks))]).toEqual([true, false]);
});

test('without any copy of a manifest, the rest is checked all the same', async () => {
  rmSync(stored(await manifestOf('masks')));
  rmSync(stored(lost));
  const { exitCode, stderr } = await verify();
  expect(exitCode).toBe(5);
  expect(stderr).toContain('data/training/masks.dvc: without its manifest, its files could not be checked');
  expect(stderr).toContain(`missing ${lost}`);
});
