import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { commitDataset, datasetAt, makeMergingTeam, pairsOf, together } from '../support/dataset-commits.js';
import { openDvc } from '../support/dvc.js';
import { git, tryGit, writeFiles } from '../support/scratch.js';
import { joinTeam, type Team, wms } from '../support/team.js';

const POINTERS = ['data/training/images.dvc', 'data/training/masks.dvc'];

let dvc: Awaited<ReturnType<typeof openDvc>>;

beforeAll(async () => {
  dvc = await openDvc();
});

/** Pulls `branch` into a fresh clone; its dataset as it lies on disk. */
async function pulled(team: Team, branch: string) {
  const clone = await joinTeam(team, '--branch', branch);
  await dvc(clone, 'pull', '--quiet');
  const files = (role: string) => {
    const directory = join(clone, 'data/training', role);
    return Object.fromEntries(
      readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
    );
  };
  return { clone, files: { images: files('images'), masks: files('masks') } };
}

async function expectDvcAgrees(clone: string): Promise<void> {
  expect(await dvc(clone, 'status')).toContain('up to date');
  expect(await dvc(clone, 'status', '--cloud')).toContain('in sync');
  expect(JSON.parse(await dvc(clone, 'data', 'status', '--json'))).toEqual({});
  const before = POINTERS.map((path) => readFileSync(join(clone, path), 'utf8'));
  await dvc(clone, 'add', '--quiet', 'data/training/images', 'data/training/masks');
  expect(POINTERS.map((path) => readFileSync(join(clone, path), 'utf8'))).toEqual(before);
}

test('what the driver merged: DVC pulls the union and writes the same pointers', async () => {
  const team = await makeMergingTeam(pairsOf(['a', 'x']));
  const { clone } = team;
  await git(clone, 'checkout', '--quiet', '-b', 'data/20261121-101500');
  await commitDataset(team, clone, pairsOf(['a', 'b é', 'x']));
  await git(clone, 'checkout', '--quiet', 'main');
  await commitDataset(team, clone, together(pairsOf(['a'], ' relabelled'), pairsOf(['c'])));
  expect((await tryGit(clone, ['merge', '--no-edit', 'data/20261121-101500'])).exitCode).toBe(0);
  await git(clone, 'push', '--quiet', '--no-verify', 'origin', 'main');
  const view = await pulled(team, 'main');
  expect(view.files).toEqual(together(pairsOf(['a'], ' relabelled'), pairsOf(['b é', 'c'])));
  await expectDvcAgrees(view.clone);
});

test('branches that DVC made: merged by us in a fresh clone without its cache', async () => {
  const team = await makeMergingTeam(pairsOf(['a']));
  const { clone } = team;
  const byDvc = async (branch: string, name: string) => {
    await git(clone, 'checkout', '--quiet', '-b', branch, 'main');
    await dvc(clone, 'pull', '--quiet', '--force');
    const { images, masks } = pairsOf([name]);
    await writeFiles(join(clone, 'data/training/images'), images);
    await writeFiles(join(clone, 'data/training/masks'), masks);
    await dvc(clone, 'add', '--quiet', 'data/training/images', 'data/training/masks');
    await dvc(clone, 'push', '--quiet');
    await git(clone, 'commit', '--quiet', '--all', '--no-verify', '-m', branch);
    await git(clone, 'push', '--quiet', '--no-verify', 'origin', branch);
  };
  await byDvc('one', 'b');
  await byDvc('other', 'c');
  const fresh = await joinTeam(team, '--branch', 'one');
  expect(await wms(fresh, ['data', 'merge', 'origin/other'])).toMatchObject({ exitCode: 0 });
  expect(await datasetAt(team, fresh)).toEqual(pairsOf(['a', 'b', 'c']));
  await git(fresh, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:merged');
  const view = await pulled(team, 'merged');
  expect(view.files).toEqual(pairsOf(['a', 'b', 'c']));
  await expectDvcAgrees(view.clone);
});
