import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { pairFiles, picture } from '../support/pictures.js';
import { mergeDataBranch, onlyDataBranch, publishedFiles, rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git, isolatedEnv, writeFiles } from '../support/scratch.js';
import { dataBranches, joinTeam, push, wms } from '../support/team.js';
import { teamWithDataset } from '../support/team-with-dataset.js';

test('publish does what a push of the current commit would do, and ends with 0', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]));
  const { exitCode, stdout, stderr } = await wms(clone, ['publish', '--json']);
  expect(exitCode).toBe(0);
  const branch = await onlyDataBranch(team);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'published',
    branch,
    counts: { existing: 1, new: 1, total: 2 },
  });
  expect(JSON.parse(await readFile(join(clone, '.git/wms/last-publish.json'), 'utf8'))).toEqual(
    JSON.parse(stdout),
  );
  expect(stderr).not.toContain('stopped on purpose');
  expect(Object.keys(await publishedFiles(team, branch, 'images'))).toEqual(['meter_1.png', 'meter_2.png']);
});

test('a dry run prints the plan and writes nothing', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]));
  const objects = await git(clone, 'count-objects', '-v');
  const { exitCode, stdout } = await wms(clone, ['publish', '--dry-run']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('1 image, 1 mask for origin/main');
  expect(stdout).toContain('data/training/images/meter_2.png');
  expect(await git(clone, 'count-objects', '-v')).toBe(objects);
  expect(await dataBranches(team)).toEqual([]);
});

test('working-tree files are published without a commit; what the dataset has is left out', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await writeFiles(clone, await pairFiles([1, 2, 3]));
  const { exitCode, stderr } = await wms(clone, ['publish', '--worktree', 'data/training']);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('Existing: 1, New: 2, Replaced: 0, Total: 3');
  const branch = await onlyDataBranch(team);
  expect(await git(team.remote, 'rev-parse', `${branch}^`)).toBe(await git(team.remote, 'rev-parse', 'main'));
  expect(await rawFilesOnRemote(team)).toEqual([]);
  expect(await git(clone, 'status', '--porcelain')).toBe('?? data/training/images/\n?? data/training/masks/');
});

test('the remote has moved on since the last fetch: working-tree files extend what it has now', async () => {
  const { team, clone } = await teamWithDataset([1]);
  const other = await joinTeam(team);
  await commitFiles(other, await pairFiles([2]));
  await push(other);
  await mergeDataBranch(team, await onlyDataBranch(team));
  await writeFiles(clone, await pairFiles([3]));
  const { exitCode, stderr } = await wms(clone, ['publish', '--worktree']);
  expect(stderr).toContain('Existing: 2, New: 1, Replaced: 0, Total: 3');
  expect(exitCode).toBe(0);
});

test('working-tree files with other bytes under the same name are another publish', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await writeFiles(clone, await pairFiles([2]));
  await wms(clone, ['publish', '--worktree']);
  const { mask } = await picture(50);
  await writeFile(join(clone, 'data/training/masks/meter_2.png'), mask);
  const { stderr } = await wms(clone, ['publish', '--worktree']);
  expect(stderr).not.toContain('Published before');
  const branches = await dataBranches(team);
  expect(branches).toHaveLength(2);
  expect((await publishedFiles(team, branches[1] as string, 'masks'))['meter_2.png']).toEqual(mask);
});

test('nothing new is no failure by hand', async () => {
  const { clone } = await teamWithDataset([1]);
  const nothing = await wms(clone, ['publish']);
  expect([nothing.exitCode, nothing.stderr]).toEqual([
    0,
    'There are no new images or masks here to publish.\n'.trim(),
  ]);
  await writeFiles(clone, await pairFiles([1]));
  const known = await wms(clone, ['publish', '--worktree']);
  expect(known.exitCode).toBe(0);
  expect(known.stderr).toContain('in the dataset already');
});

test('exit codes: usage 2, replaced image 6', async () => {
  const { clone } = await teamWithDataset([1]);
  expect((await wms(clone, ['publish', 'data'])).exitCode).toBe(2);
  expect((await wms(clone, ['publish', '--no-such-flag'])).exitCode).toBe(2);
  expect((await wms(clone, ['publish', '--worktree', '/etc'])).exitCode).toBe(2);
  await writeFiles(clone, { 'data/training/images/meter_1.png': (await picture(9)).image });
  expect((await wms(clone, ['publish', '--worktree'])).exitCode).toBe(6);
  expect((await wms(clone, ['publish', '--worktree', '--allow-replace'])).exitCode).toBe(0);
});

test('add stages new images, also ignored ones, and leaves out what the dataset has', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(
    clone,
    { '.gitignore': 'node_modules\n/data/training/images\n/data/training/masks\n' },
    'ignore',
  );
  await writeFiles(
    clone,
    await pairFiles([1, 2], (seed) => (seed === 2 ? ':(top)*.png' : `meter_${seed}.png`)),
  );
  const { exitCode, stdout } = await wms(join(clone, 'data'), ['add', 'training', '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).known).toEqual([
    'data/training/images/meter_1.png',
    'data/training/masks/meter_1.png',
  ]);
  expect(await git(clone, 'diff', '--cached', '--name-only')).toBe(
    'data/training/images/:(top)*.png\ndata/training/masks/:(top)*.png',
  );
  await git(clone, 'commit', '--quiet', '-m', 'photo');
  expect((await push(clone)).stderr).toContain('Existing: 1, New: 1, Replaced: 0, Total: 2');
  expect(await dataBranches(team)).toHaveLength(1);
  expect((await wms(clone, ['add', 'wms.config.json'])).stderr).toContain(
    'is no image or mask of the dataset',
  );
});

test('the smoke test runs the model, and ONNX Runtime leaves no traces of telemetry', async () => {
  const { clone } = await teamWithDataset([1]);
  const model = {
    'models/production.onnx': tinyModel(),
    'models/model.json': tinyModelFacts(),
  };
  await commitFiles(clone, { ...(await pairFiles([2])), ...model });
  // Where CI is set, ONNX Runtime is silent anyway.
  const { stderr } = await wms(clone, ['publish'], { CI: '' });
  expect(stderr).toMatch(/✔ Smoke test {4}models\/production\.onnx · Dice \d\.\d\d median/);
  expect(existsSync(join(isolatedEnv().HOME ?? '', '.cache/Microsoft'))).toBe(false);
});
