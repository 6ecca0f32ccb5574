import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { openDvc } from '../support/dvc.js';
import { md5Of } from '../support/manifests.js';
import { makeOld, objectsIn } from '../support/old-objects.js';
import { pairFiles } from '../support/pictures.js';
import { mergeDataBranch, onlyDataBranch } from '../support/remote-view.js';
import { commitFiles, git, writeFiles } from '../support/scratch.js';
import { directoryShelf } from '../support/stored-dataset.js';
import { joinTeam, makeTeam, push, type Team, wms } from '../support/team.js';

let dvc: Awaited<ReturnType<typeof openDvc>>;
let team: Team;

beforeAll(async () => {
  dvc = await openDvc();
});

async function publish(seeds: readonly number[]): Promise<void> {
  const clone = await joinTeam(team);
  await commitFiles(clone, await pairFiles(seeds), 'photos');
  expect((await push(clone)).exitCode).toBe(1);
  await mergeDataBranch(team, await onlyDataBranch(team));
}

beforeEach(async () => {
  team = await makeTeam();
  await publish([1, 2]);
  await publish([3]);
});

const layUnused = () => directoryShelf(team.store)(md5Of('unused'), Buffer.from('unused'));

test('real `dvc gc -w -c` leaves our own keys and the dataset alone', async () => {
  await layUnused();
  await writeFiles(team.store, { 'wms/cleaning': 'left by a gc that was killed' });
  const claims = readdirSync(join(team.store, 'wms/claims'));
  expect(claims).toHaveLength(2);
  const clone = await joinTeam(team);
  await dvc(clone, 'pull', '--quiet');
  const before = objectsIn(team.store).length;
  await dvc(clone, 'gc', '--workspace', '--cloud', '--force');
  expect(objectsIn(team.store).length).toBeLessThan(before);
  expect(readdirSync(join(team.store, 'wms/claims'))).toEqual(claims);
  expect(existsSync(join(team.store, 'wms/cleaning'))).toBe(true);
  const { exitCode, stderr } = await wms(clone, ['data', 'verify', '--deep']);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('with the right bytes')]);
});

test('after our gc, a real `dvc pull` of every version that is named and `dvc status -c` are clean', async () => {
  await layUnused();
  const abandoned = await joinTeam(team);
  await commitFiles(abandoned, await pairFiles([4]), 'abandoned');
  expect((await push(abandoned)).exitCode).toBe(1);
  await git(team.remote, 'branch', '-D', await onlyDataBranch(team));
  const byDvc = await joinTeam(team);
  await writeFiles(byDvc, { 'models/a.onnx': 'a model', 'extra/1.txt': 'one', 'extra/2.txt': 'two' });
  await dvc(byDvc, 'add', '--quiet', 'models/a.onnx', 'extra');
  await dvc(byDvc, 'push', '--quiet');
  await git(byDvc, 'add', '--all');
  await git(byDvc, 'commit', '--quiet', '-m', 'by DVC');
  await git(byDvc, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:main');
  makeOld(team.store);
  const clone = await joinTeam(team);
  const { exitCode, stderr } = await wms(clone, ['data', 'gc', '--yes']);
  // Of the abandoned publish: an image, and two manifests; the mask is like another one.
  expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/Deleted [45] objects/)]);
  for (const revision of ['main', 'main~1', 'main~2']) {
    const fresh = await joinTeam(team);
    await git(fresh, 'checkout', '--quiet', '--detach', `origin/${revision}`);
    await dvc(fresh, 'pull', '--quiet');
    expect(await dvc(fresh, 'status')).toContain('up to date');
    expect(await dvc(fresh, 'status', '--cloud')).toContain('in sync');
  }
});
