import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ci, ciMachine, ciWith, makeCiTeam, meters, publish } from '../support/ci-team.js';
import { objectFile } from '../support/pairs-at.js';
import { commitFiles, git } from '../support/scratch.js';
import { joinTeam, makeTeam, type Team } from '../support/team.js';

let team: Team;
let branch: string;

beforeAll(async () => {
  team = await makeCiTeam({}, { keep: true });
  branch = await publish(team, team.clone, await meters(1, 3));
});

async function featureBranch(): Promise<string> {
  const clone = await joinTeam(team);
  await git(clone, 'switch', '--quiet', '--create', 'feature');
  return clone;
}

test('code and data branches pass, and it is said what they bring', async () => {
  const clone = await featureBranch();
  await commitFiles(clone, { 'train/model.py': 'print(1)\n' });
  const code = await ci(clone, 'guard');
  expect(code.exitCode, code.stderr).toBe(0);
  expect(code.facts).toMatchObject({ outcome: 'passed', into: 'origin/main', newObjects: 0 });
  const data = await ci(await ciMachine(team, branch), 'guard', branch);
  expect(data.exitCode, data.stderr).toBe(0);
  expect(data.facts).toMatchObject({ newObjects: 6, counts: { existing: 0, new: 3, total: 3 } });
});

test('a raw file stops it, also when a later commit takes it out again', async () => {
  const clone = await featureBranch();
  await commitFiles(clone, await meters(8, 8));
  await git(clone, 'rm', '--quiet', '-r', 'data/training/images', 'data/training/masks');
  await git(clone, 'commit', '--quiet', '--no-verify', '-m', 'away again');
  const { exitCode, stderr } = await ci(clone, 'guard');
  expect(stderr).toContain('data/training/images/meter_8.jpg');
  expect(exitCode).toBe(3);
});

test('other directories in the settings of the branch are no way around', async () => {
  const clone = await featureBranch();
  const file = join(clone, 'wms.config.json');
  const config = JSON.parse(await readFile(file, 'utf8'));
  config.dataset = { images: 'other/images', masks: 'other/masks' };
  await writeFile(file, JSON.stringify(config));
  await git(clone, 'commit', '--quiet', '--no-verify', '--all', '-m', 'moved');
  await commitFiles(clone, await meters(8, 8));
  const { exitCode, stderr } = await ci(clone, 'guard');
  expect(stderr).toContain('data/training/images/meter_8.jpg');
  expect(exitCode).toBe(3);
});

test('a pointer that is none, or to what the store lacks, stops it', async () => {
  const clone = await ciMachine(team, branch);
  await commitFiles(clone, { 'data/training/images.dvc': 'outs: [\n' });
  const broken = await ci(clone, 'guard');
  expect(broken.exitCode, broken.stderr).toBe(2);
  expect(broken.stderr).toContain('data/training/images.dvc');
  await rm(objectFile(team, (await meters(2, 2))['data/training/masks/meter_2.png'] as Buffer));
  const missing = await ci(clone, 'guard', `origin/${branch}`);
  expect(missing.exitCode, missing.stderr).toBe(5);
  expect(missing.stderr).toContain('data/training/masks/meter_2.png');
});

test('a revision that is none is named', async () => {
  const { exitCode, stderr } = await ci(team.clone, 'guard', '$(touch x)');
  expect(stderr).toContain('$(touch x)');
  expect(exitCode).toBe(2);
});

describe('a store that cannot be asked, as in a workflow of a fork', () => {
  const NOWHERE = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };
  const guard = (clone: string) => ciWith(NOWHERE, clone, 'guard');
  const pointer = (id: string, path = 'images') =>
    `outs:\n- md5: ${id.repeat(32)}.dir\n  size: 3\n  nfiles: 1\n  hash: md5\n  path: ${path}\n`;
  const [IMAGES, OTHER] = ['data/training/images.dvc', 'other/images.dvc'];
  let fork: string;

  beforeEach(async () => {
    const dvcConfig = `[core]\n    remote = storage\n['remote "storage"']\n    url = s3://wms-test/dvc\n`;
    const own = await makeTeam({ dvcConfig });
    await commitFiles(own.clone, { [IMAGES]: pointer('a'), [OTHER]: pointer('b') });
    await git(own.clone, 'push', '--quiet', '--no-verify');
    fork = await joinTeam(own);
    await git(fork, 'switch', '--quiet', '--create', 'feature');
  });

  test('is not asked about code', async () => {
    await commitFiles(fork, { 'train/model.py': 'print(1)\n' });
    const { exitCode, facts, stderr } = await guard(fork);
    expect(exitCode, stderr).toBe(0);
    expect(facts).toMatchObject({ outcome: 'passed', counts: null, newObjects: 0 });
    expect(stderr).toContain('nothing of the dataset');
  });

  test('is no reason to let raw files pass', async () => {
    await commitFiles(fork, await meters(8, 8));
    expect((await guard(fork)).exitCode).toBe(3);
  });

  test('stops what changes pointers, or which of them count', async () => {
    await commitFiles(fork, { 'train/model.py': 'print(1)\n' });
    const code = await git(fork, 'rev-parse', 'HEAD');
    const settings = { dataset: { images: 'other/images', masks: 'data/training/masks' } };
    const changes: Record<string, string>[] = [
      { [IMAGES]: pointer('c') },
      { 'data/training/masks.dvc': pointer('c', 'masks') },
      { 'wms.config.json': JSON.stringify(settings) },
      { 'wms.config.json': JSON.stringify(settings), [OTHER]: pointer('c') },
    ];
    for (const files of changes) {
      await git(fork, 'reset', '--quiet', '--hard', code);
      await commitFiles(fork, files);
      const { exitCode, stderr } = await guard(fork);
      expect(exitCode, `${Object.keys(files)}\n${stderr}`).toBe(4);
    }
    await git(fork, 'reset', '--quiet', '--hard', code);
    await git(fork, 'rm', '--quiet', IMAGES);
    await git(fork, 'commit', '--quiet', '--no-verify', '-m', 'no pointer');
    expect((await guard(fork)).exitCode).toBe(4);
  });
});
