import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { md5Of } from '../support/manifests.js';
import { makeOld, objectsIn } from '../support/old-objects.js';
import { pairFiles } from '../support/pictures.js';
import { onlyDataBranch, publishedFiles } from '../support/remote-view.js';
import { commitFiles, git, isolatedEnv, makeDirectory } from '../support/scratch.js';
import { directoryShelf } from '../support/stored-dataset.js';
import { joinTeam, PACKAGE_ROOT, push, type Team, wms } from '../support/team.js';
import { teamWithDataset } from '../support/team-with-dataset.js';

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries > 12_000) throw new Error('it never came to that');
    await wait(5);
  }
}

/** Lets the remote take branches only when the answered function is called. */
async function holdBranches(team: Team): Promise<{ arrived: () => boolean; release: () => void }> {
  const directory = makeDirectory();
  const [arrived, free] = [join(directory, 'arrived'), join(directory, 'free')];
  const script = `#!/bin/sh\ntouch '${arrived}'\nwhile [ ! -e '${free}' ]; do sleep 0.05; done\n`;
  await writeFile(join(team.remote, 'hooks/pre-receive'), script, { mode: 0o755 });
  return { arrived: () => existsSync(arrived), release: () => writeFileSync(free, '') };
}

/** The whole content of an abandoned publish lies in the store: old, and named by nothing that a clone could see. */
async function abandoned(team: Team, seeds: readonly number[]): Promise<void> {
  const clone = await joinTeam(team);
  await commitFiles(clone, await pairFiles(seeds), 'first try');
  expect((await push(clone)).exitCode).toBe(1);
  await git(team.remote, 'branch', '-D', await onlyDataBranch(team));
  rmSync(join(team.store, 'wms/claims'), { recursive: true });
}

test.each([
  ['new photos', false],
  ['photos that an abandoned publish has stored long ago', true],
])(
  'a publish of %s waits before its branch is pushed, a gc runs elsewhere: nothing is lost',
  async (_, isOld) => {
    const { team, clone: janitor } = await teamWithDataset([1, 2]);
    if (isOld) await abandoned(team, [3, 4]);
    const unused = 'nobody names this';
    await directoryShelf(team.store)(md5Of(unused), Buffer.from(unused));
    const publisher = await joinTeam(team);
    const files = await pairFiles([3, 4]);
    await commitFiles(publisher, files, 'photos');

    const branches = await holdBranches(team);
    const pushing = push(publisher);
    await until(branches.arrived);
    makeOld(join(team.store, 'files'));
    const ran = await wms(janitor, ['data', 'gc', '--yes', '--older-than', '1d']);
    expect([ran.exitCode, ran.stderr]).toEqual([0, expect.stringContaining('Deleted 1 object (')]);
    branches.release();
    expect((await pushing).stderr).toContain('Published.');

    const branch = await onlyDataBranch(team);
    for (const role of ['images', 'masks'] as const) {
      const published = await publishedFiles(team, branch, role);
      expect(Object.keys(published)).toHaveLength(4);
      for (const [name, bytes] of Object.entries(published)) {
        const ours = files[`data/training/${role}/${name}`];
        if (ours !== undefined) expect(bytes.equals(Buffer.from(ours))).toBe(true);
      }
    }
    expect(existsSync(join(team.store, objectKey(md5Of(unused))))).toBe(false);
  },
);

test('while a gc deletes, a publish waits; then it stores again what the gc has taken', async () => {
  const { team } = await teamWithDataset([1]);
  await abandoned(team, [2, 3]);
  const before = objectsIn(team.store);
  const publisher = await joinTeam(team);
  await commitFiles(publisher, await pairFiles([2, 3]), 'photos');
  const note = join(team.store, 'wms/cleaning');
  writeFileSync(note, JSON.stringify({ by: 'test', count: 1, pid: process.pid, space: 'elsewhere' }));
  const claims = () =>
    existsSync(join(team.store, 'wms/claims')) ? readdirSync(join(team.store, 'wms/claims')) : [];
  const pushing = push(publisher);
  await until(() => claims().length > 0);
  await wait(1500);
  expect(objectsIn(team.store)).toEqual(before);
  // What the gc does at last: all of the abandoned publish goes.
  const kept = new Set(await namedIn(team));
  for (const key of before) if (!kept.has(key)) rmSync(join(team.store, key));
  rmSync(note);
  expect((await pushing).stderr).toContain('Published.');
  expect(Object.keys(await publishedFiles(team, await onlyDataBranch(team), 'images'))).toHaveLength(3);
});

async function namedIn(team: Team): Promise<string[]> {
  const keys: string[] = [];
  for (const role of ['images', 'masks'] as const) {
    const pointer = await git(team.remote, 'show', `main:data/training/${role}.dvc`);
    keys.push(objectKey(/md5: (\S+)/.exec(pointer)?.[1] ?? ''));
    for (const bytes of Object.values(await publishedFiles(team, 'main', role)))
      keys.push(objectKey(md5Of(bytes)));
  }
  return keys;
}

test('killed in the middle of its deletions, it is run again and ends as if it had not been', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  const expected = objectsIn(team.store);
  const shelf = directoryShelf(team.store);
  for (let at = 0; at < 6000; at += 1) await shelf(md5Of(`unused ${at}`), Buffer.from(`unused ${at}`));
  makeOld(team.store);
  const many = objectsIn(team.store).length;
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'bin/wms.js'), 'data', 'gc', '--yes'], {
    cwd: clone,
    env: isolatedEnv({ CI: '1' }),
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await until(() => objectsIn(team.store).length < many);
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  const left = objectsIn(team.store).length;
  expect(left).toBeGreaterThan(expected.length);
  expect(left).toBeLessThan(many);
  const again = await wms(clone, ['data', 'gc', '--yes']);
  expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('Deleted ')]);
  expect(objectsIn(team.store)).toEqual(expected);
  expect(existsSync(join(team.store, 'wms/cleaning'))).toBe(false);
});
