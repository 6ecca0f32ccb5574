import { existsSync, readFileSync } from 'node:fs';
import { rm as rmFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lastOutcome } from '../support/bad-push.js';
import { cloneState, filesBelow } from '../support/clone-state.js';
import { configureDriver } from '../support/dataset-commits.js';
import { objectFile, pairsAt, pointersAt } from '../support/pairs-at.js';
import { pairFiles, picture } from '../support/pictures.js';
import { mergeDataBranch, onlyDataBranch, rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git, tryGit } from '../support/scratch.js';
import { dataBranches, joinTeam, push, wms } from '../support/team.js';
import { teamWithDataset } from '../support/team-with-dataset.js';

const rm = (clone: string, ...args: string[]) => wms(clone, ['data', 'rm', ...args]);

test('the pair is gone on a data branch; the store, main and this clone stay as they are', async () => {
  const { team, clone } = await teamWithDataset([1, 2, 3]);
  const main = await git(team.remote, 'rev-parse', 'main');
  const before = { clone: await cloneState(clone), store: filesBelow(team.store) };
  const { exitCode, stdout, stderr } = await rm(clone, 'meter_2', '--yes', '--message', 'blurred', '--json');
  expect(exitCode).toBe(0);
  const branch = await onlyDataBranch(team);
  expect(await pairsAt(team, branch)).toEqual(['meter_1', 'meter_3']);
  expect(await git(team.remote, 'rev-parse', `${branch}^`)).toBe(main);
  expect(await git(team.remote, 'log', '-1', '--format=%B', branch)).toBe(
    'data: remove 1 pair (2 in total)\n\nblurred\n\n' +
      `Existing: 3, New: 0, Replaced: 0, Removed: 1, Total: 2\n\nData-Branch: ${branch}\n`,
  );
  for (const line of ['○ Images ', '○ Smoke test ', '✔ Upload        manifests only', 'wms data restore'])
    expect(stderr).toContain(line);
  const counts = { existing: 3, new: 0, replaced: 0, removed: 1, total: 2 };
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published', branch, counts, removed: ['meter_2'] });
  expect(lastOutcome(clone)).toEqual(JSON.parse(stdout));
  expect(readFileSync(join(clone, '.git/wms/report/index.html'), 'utf8')).toContain('1 removed');
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
  expect(await cloneState(clone)).toEqual(before.clone);
  expect(filesBelow(team.store)).toMatchObject(before.store);

  const again = await rm(clone, 'meter_2', '--yes');
  expect(again.stderr).toContain(`Published before: ${branch} waits on origin with this change`);
  expect(await onlyDataBranch(team)).toBe(branch);
});

test('after the merge, pull takes the files out of the working tree, too', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  await wms(clone, ['data', 'pull']);
  const gone = ['images', 'masks'].map((role) => join(clone, `data/training/${role}/meter_2.png`));
  await rm(clone, 'data/training/images/meter_2.png', '--yes');
  expect(gone.map((file) => existsSync(file))).toEqual([true, true]);
  await mergeDataBranch(team, await onlyDataBranch(team));
  expect((await wms(clone, ['sync'])).exitCode).toBe(0);
  expect((await wms(clone, ['data', 'pull'])).exitCode).toBe(0);
  expect(gone.map((file) => existsSync(file))).toEqual([false, false]);
  expect(existsSync(join(clone, 'data/training/images/meter_1.png'))).toBe(true);
});

test('nothing is done without consent, for a name that matches nothing, or in a dry run', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  const state = async () => [await cloneState(clone), filesBelow(team.store), await dataBranches(team)];
  const before = await state();
  const unasked = await rm(clone, 'meter_1');
  expect(unasked.exitCode).toBe(2);
  expect(unasked.stderr).toContain('A pair would leave the dataset. Nothing was changed.');
  expect(unasked.stderr).toMatch(/→ .*--yes/);
  const unknown = await rm(clone, 'meter_1', 'metr_2', '--yes');
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean meter_2?')]);
  const dry = await rm(clone, '*_1.png', '--dry-run');
  expect([dry.exitCode, dry.stderr]).toEqual([0, '']);
  expect(dry.stdout).toContain('removed   data/training/masks/meter_1.png');
  expect(dry.stdout).toContain('Existing: 2, New: 0, Replaced: 0, Removed: 1, Total: 1');
  const plan = JSON.parse((await rm(clone, '*_1.png', '--dry-run', '--json')).stdout);
  expect(plan).toMatchObject({ removed: ['meter_1'], files: [{ change: 'removed' }, { role: 'masks' }] });
  expect((await rm(clone)).exitCode).toBe(2);
  expect(await state()).toEqual(before);
});

test('the base is what the remote has now, whatever this clone has fetched and committed', async () => {
  const { team, clone } = await teamWithDataset([1]);
  const other = await joinTeam(team);
  await commitFiles(other, await pairFiles([2, 3]));
  await push(other);
  await mergeDataBranch(team, await onlyDataBranch(team));
  await commitFiles(clone, await pairFiles([4]), 'not pushed');
  expect((await rm(clone, 'meter_2', '--yes')).stderr).toContain(
    'Existing: 3, New: 0, Replaced: 0, Removed: 1',
  );
  expect(await pairsAt(team, await onlyDataBranch(team))).toEqual(['meter_1', 'meter_3']);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('all pairs: an empty dataset, that the next push fills again', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  expect((await rm(clone, '**', '--yes')).stderr).toContain('Removed: 2, Total: 0');
  const branch = await onlyDataBranch(team);
  expect((await pointersAt(team, branch))[0]).toContain(
    'md5: d751713988987e9331980363e24189ce.dir\n  size: 0\n',
  );
  await mergeDataBranch(team, branch);
  await wms(clone, ['sync']);
  await commitFiles(clone, await pairFiles([3]));
  expect((await push(clone)).stderr).toContain('Existing: 0, New: 1, Replaced: 0, Total: 1');
});

test('the same pair can be taken out again after it came back, though the first branch is still there', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  const main = await git(team.remote, 'rev-parse', 'main');
  const land = async () => {
    const branch = (await dataBranches(team)).at(-1);
    await git(team.remote, 'update-ref', 'refs/heads/main', `refs/heads/${branch}`);
  };
  await rm(clone, 'meter_2', '--yes');
  await land();
  await wms(clone, ['data', 'restore', main, 'meter_2']);
  await land();
  expect((await rm(clone, 'meter_2', '--yes')).stderr).toContain('Removed: 1');
  expect(await dataBranches(team)).toHaveLength(3);
});

test('a pair whose bytes the store has lost can be taken out; then the pointer tells no size', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  await rmFile(objectFile(team, (await picture(2)).image));
  expect((await rm(clone, 'meter_2', '--yes')).exitCode).toBe(0);
  const branch = await onlyDataBranch(team);
  expect(await pairsAt(team, branch)).toEqual(['meter_1']);
  const [images, masks] = await pointersAt(team, branch);
  expect(images).not.toContain('size:');
  expect(masks).toContain('size:');
});

describe('together with other branches', () => {
  /** One clone removes meter_2 while another one publishes; then main takes both, in this order. */
  async function raced(publish: (clone: string) => Promise<unknown>, removalFirst: boolean) {
    const { team, clone } = await teamWithDataset([1, 2]);
    const other = await joinTeam(team);
    await commitFiles(team.clone, { '.gitattributes': 'data/training/*.dvc merge=wms\n' });
    await git(team.clone, 'pull', '--quiet', '--rebase');
    await git(team.clone, 'push', '--quiet', '--no-verify');
    await Promise.all([rm(clone, 'meter_2', '--yes'), publish(other)]);
    const host = await joinTeam(team);
    await configureDriver(host);
    const branches = await dataBranches(team);
    expect(branches).toHaveLength(2);
    const isRemoval = async (branch: string) =>
      (await git(team.remote, 'log', '-1', '--format=%s', branch)).includes('remove');
    if ((await isRemoval(String(branches[0]))) !== removalFirst) branches.reverse();
    const merges = [];
    for (const branch of branches)
      merges.push(await tryGit(host, ['merge', '--no-edit', `origin/${branch}`]));
    return { team: { ...team, remote: host }, host, merges };
  }

  test.each([true, false])(
    'a push of new pairs: both land, the pair stays removed (removal first: %s)',
    async (first) => {
      const { team, merges } = await raced(async (clone) => {
        await commitFiles(clone, await pairFiles([3]));
        await push(clone);
      }, first);
      expect(merges.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
        [0, ''],
        [0, ''],
      ]);
      expect(await pairsAt(team, 'HEAD')).toEqual(['meter_1', 'meter_3']);
    },
  );

  test('a relabel of the same pair: a conflict that names it', async () => {
    const { host, merges } = await raced(async (clone) => {
      await commitFiles(clone, { 'data/training/masks/meter_2.png': (await picture(9)).mask });
      await push(clone);
    }, true);
    expect(merges[0]?.exitCode).toBe(0);
    expect(merges[1]?.exitCode).toBe(1);
    const { exitCode, stderr } = await wms(host, ['data', 'merge']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('meter_2');
  });
});
