import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openDvc } from '../support/dvc.js';
import { meterPairs } from '../support/meter-pairs.js';
import { pairFiles, picture } from '../support/pictures.js';
import { mergeDataBranch, onlyDataBranch, rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git, writeFiles } from '../support/scratch.js';
import { joinTeam, makeTeam, push, type Team, wms } from '../support/team.js';

const POINTERS = ['data/training/images.dvc', 'data/training/masks.dvc'];

let dvc: Awaited<ReturnType<typeof openDvc>>;

beforeAll(async () => {
  dvc = await openDvc();
});

/** Files below the dataset directories, as a manifest path → bytes record. */
function datasetOf(clone: string): Record<string, Buffer> {
  const files: Record<string, Buffer> = {};
  for (const role of ['images', 'masks']) {
    const directory = join(clone, 'data/training', role);
    for (const name of readdirSync(directory)) {
      files[`data/training/${role}/${name}`] = readFileSync(join(directory, name));
    }
  }
  return files;
}

async function pulled(team: Team, branch: string): Promise<string> {
  const clone = await joinTeam(team, '--branch', branch);
  await dvc(clone, 'pull', '--quiet');
  return clone;
}

async function expectDvcAgrees(clone: string): Promise<void> {
  expect(await dvc(clone, 'status')).toContain('up to date');
  expect(await dvc(clone, 'status', '--cloud')).toContain('in sync');
  const before = POINTERS.map((path) => readFileSync(join(clone, path), 'utf8'));
  await dvc(clone, 'add', '--quiet', 'data/training/images', 'data/training/masks');
  expect(POINTERS.map((path) => readFileSync(join(clone, path), 'utf8'))).toEqual(before);
}

test('48 pairs, then 12 by a second member: DVC pulls 60 + 60 identical files and agrees with the pointers', async () => {
  const team = await makeTeam();
  const pairs = await meterPairs(60);
  const names = Object.keys(pairs).filter((path) => path.includes('/images/'));
  const first = new Set(names.slice(0, 48).map((path) => path.replace('/images/', '/')));
  const isFirst = (path: string) => first.has(path.replace(/\/(images|masks)\//, '/'));
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(pairs).filter(([path]) => isFirst(path) === wanted));

  await commitFiles(team.clone, part(true), 'May');
  expect((await push(team.clone)).stderr).toContain('Existing: 0, New: 48, Replaced: 0, Total: 48');
  await mergeDataBranch(team, await onlyDataBranch(team));
  const second = await joinTeam(team);
  await commitFiles(second, part(false), 'June');
  expect((await push(second)).stderr).toContain('Existing: 48, New: 12, Replaced: 0, Total: 60');

  const clone = await pulled(team, await onlyDataBranch(team));
  expect(datasetOf(clone)).toEqual(pairs);
  await expectDvcAgrees(clone);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('a relabelled mask and odd names: DVC still rewrites identical pointers', async () => {
  const team = await makeTeam();
  const names = ['a b.png', 'it’s.png', 'Zähler.png', '𝒳.png', '-rf.png'];
  const files = await pairFiles([0, 1, 2, 3, 4], (seed) => names[seed] as string);
  await commitFiles(team.clone, files, 'photos');
  await push(team.clone);
  await mergeDataBranch(team, await onlyDataBranch(team));
  const second = await joinTeam(team);
  const relabel = { 'data/training/masks/a b.png': (await picture(99)).mask };
  await commitFiles(second, relabel, 'relabel');
  expect((await push(second)).stderr).toContain('Existing: 5, New: 0, Replaced: 1, Total: 5');
  const clone = await pulled(team, await onlyDataBranch(team));
  expect(datasetOf(clone)).toEqual({ ...files, ...relabel });
  await expectDvcAgrees(clone);
});

test('pairs taken out and brought back: DVC pulls just what is left, and agrees with the pointers', async () => {
  const team = await makeTeam();
  const files = await pairFiles([1, 2, 3]);
  await commitFiles(team.clone, files, 'photos');
  await push(team.clone);
  await mergeDataBranch(team, await onlyDataBranch(team));
  const first = await git(team.remote, 'rev-parse', 'main');
  const member = await joinTeam(team);
  const land = async (expected: Record<string, Buffer>) => {
    const branch = await onlyDataBranch(team);
    const clone = await pulled(team, branch);
    expect(datasetOf(clone)).toEqual(expected);
    await expectDvcAgrees(clone);
    await mergeDataBranch(team, branch);
  };

  expect((await wms(member, ['data', 'rm', 'meter_2', 'meter_3', '--yes'])).exitCode).toBe(0);
  await land(await pairFiles([1]));
  expect((await wms(member, ['data', 'restore', first, 'meter_3'])).exitCode).toBe(0);
  await land(await pairFiles([1, 3]));
  expect((await wms(member, ['data', 'restore', first])).exitCode).toBe(0);
  await land(files);
  expect((await wms(member, ['data', 'rm', '**', '--yes'])).exitCode).toBe(0);
  await land({});
});

test('a dataset that DVC made and pushed is extended by a push', async () => {
  const team = await makeTeam();
  const old = await pairFiles([1, 2, 3]);
  await writeFiles(team.clone, old);
  await dvc(team.clone, 'add', '--quiet', 'data/training/images', 'data/training/masks');
  await dvc(team.clone, 'push', '--quiet');
  await git(team.clone, 'add', '--all');
  await git(team.clone, 'commit', '--quiet', '-m', 'by DVC');
  expect((await push(team.clone)).exitCode).toBe(0);

  const second = await joinTeam(team);
  const more = await pairFiles([4, 5]);
  await commitFiles(second, more, 'two more');
  expect((await push(second)).stderr).toContain('Existing: 3, New: 2, Replaced: 0, Total: 5');
  const clone = await pulled(team, await onlyDataBranch(team));
  expect(datasetOf(clone)).toEqual({ ...old, ...more });
  await expectDvcAgrees(clone);
});
