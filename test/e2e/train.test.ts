import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isRunning } from '../../src/clone/processes.js';
import { splitHash } from '../../src/model/split-hash.pure.js';
import { STATUS_FILE, type TrainStatus } from '../../src/training/status.js';
import { md5Of } from '../support/manifests.js';
import { pairFiles } from '../support/pictures.js';
import { git, isolatedEnv, writeFiles } from '../support/scratch.js';
import { commitVersion, directoryShelf } from '../support/stored-dataset.js';
import { makeTeam, PACKAGE_ROOT, type Team, wms } from '../support/team.js';
import { commitTrainer } from '../support/trainer.js';

let team: Team;
let salt = 0;

beforeAll(async () => {
  team = await makeTeam({ keep: true });
  const files = await pairFiles(Array.from({ length: 30 }, (_, seed) => seed));
  const version = Object.entries(files).map(([name, bytes]) => [name.replace('data/training/', ''), bytes]);
  await commitVersion(team.clone, directoryShelf(team.store), Object.fromEntries(version));
  await commitTrainer(team.clone);
});

beforeEach(() => {
  salt += 1;
});

const options = () => ['--salt', String(salt)];
const train = (...args: string[]) => wms(team.clone, ['train', ...options(), ...args]);
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

function latest(): string {
  const names = readdirSync(join(team.clone, 'runs')).filter((name) => name !== 'groups');
  return join(team.clone, 'runs', names.sort().at(-1) as string);
}

const latestStatus = (): TrainStatus => json(join(latest(), STATUS_FILE));

async function settings(train: Record<string, unknown>): Promise<void> {
  await writeFile(join(team.clone, 'wms.config.json'), JSON.stringify({ train }));
}

test('trains on the pairs of the split, and leaves a clean clone', async () => {
  const { exitCode, stdout, stderr } = await train('--json', '--', './train.sh', 'good');
  expect(stderr).toContain('features ready\nepoch 1/1\n');
  expect(exitCode).toBe(0);
  const status: TrainStatus = JSON.parse(stdout);
  expect(status).toMatchObject({ outcome: 'finished', data: { from: 'HEAD', pairs: 30 } });
  expect(latestStatus()).toEqual(status);
  expect(readFileSync(join(status.directory, 'train.log'), 'utf8')).toBe('features ready\nepoch 1/1\n');
  const split = json(join(status.directory, 'split.json'));
  expect(split.train.length + split.validation.length + split.test.length + split.leftOut.length).toBe(30);
  const hashed = split.test.map((pair: Record<string, string>) => ({
    relpath: pair.image,
    image: pair.imageMd5,
    mask: pair.maskMd5,
  }));
  expect(status.split?.testHash).toBe(splitHash(hashed));
  expect(status.result?.scores).toMatchObject({ images: split.test.length, testSplit: splitHash(hashed) });
  expect(existsSync(join(status.directory, 'data'))).toBe(false);
  expect(readFileSync(join(status.directory, 'files.txt'), 'utf8')).toBe('60\n');
  expect(await git(team.clone, 'status', '--porcelain', '--', ':!.dvc/cache')).toBe('');
  const note = join(team.store, 'wms/training', await git(team.clone, 'rev-parse', 'HEAD'), 'status');
  expect(json(note)).toEqual(status);

  const again = await train('--', './train.sh', 'good');
  expect(again.exitCode).toBe(0);
  expect(again.stderr).toContain(`done before: ${status.directory}`);
  expect(latest()).toBe(status.directory);
});

test('a sample is applied and told; a command that reads all there is keeps to it', async () => {
  const { stderr, exitCode } = await train('--max-images', '10', '--seed', '7', '--', './train.sh', 'good');
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/train \d+ → \d+, .* · sample of 10 \(random, seed 7\)/);
  expect(readFileSync(join(latest(), 'files.txt'), 'utf8')).toBe('20\n');
  const environment = readFileSync(join(latest(), 'environment.txt'), 'utf8');
  expect(environment).toContain('WMS_MAX_IMAGES=10\n');
  expect(environment).toContain('WMS_SEED=7\n');
  const { sampling } = json(join(latest(), 'split.json'));
  expect(sampling).toMatchObject({ maxImages: 10, strategy: 'random', seed: '7' });
});

describe('what fails', () => {
  test.each([
    ['crash', 3, 'ended with 3'],
    ['dummy', 2, 'output is 0.5 at every pixel'],
    ['nan', 2, 'output holds NaN'],
    ['nothing', 2, 'left no model.onnx'],
  ])('%s ends with %i and says why', async (kind, code, why) => {
    const { exitCode, stderr } = await train('--', './train.sh', kind);
    expect(stderr).toContain(why);
    expect(exitCode).toBe(code);
    expect(latestStatus()).toMatchObject({ outcome: 'failed', error: { exitCode: code } });
  });

  test.each([
    ['no-such-program', 'The program no-such-program was not found'],
    ['./no-such-file', './no-such-file is not there'],
    ['./plain.txt', 'not executable'],
    ['./models', 'is no program'],
  ])('%s is refused before anything is fetched', async (command, why) => {
    await writeFiles(team.clone, { 'plain.txt': 'print("hello")\n' });
    const { exitCode, stderr } = await train('--', command);
    expect(stderr).toContain(why);
    expect(exitCode).toBe(2);
    expect(latestStatus().stage).toBe('Command');
  });

  test('no command, and options that make no sense', async () => {
    expect((await train()).exitCode).toBe(2);
    for (const args of [
      ['--max-images', '0'],
      ['--strategy', 'tail'],
      ['--timeout', 'x'],
      ['--group', 'a'],
    ]) {
      expect((await train(...args, '--', './train.sh', 'good')).exitCode).toBe(2);
    }
  });
});

describe('what hangs', () => {
  test('is ended, with its last lines and what ran', async () => {
    await settings({ stallMinutes: 0.02 });
    const { exitCode, stderr } = await train('--', './train.sh', 'hang');
    await git(team.clone, 'checkout', '--quiet', 'wms.config.json');
    expect(stderr).toMatch(/hung in the stage Training: no output and no metric for \d+ s/);
    expect(stderr).toContain('    features ready');
    if (process.platform === 'linux') expect(stderr).toMatch(/\d+ S \(sleeping\) sleep 600/);
    expect(exitCode).toBe(124);
  });

  test('takes longer than --timeout', async () => {
    const { exitCode, stderr } = await train('--timeout', '0.02', '--', './train.sh', 'hang');
    expect(stderr).toContain('took longer than --timeout allows');
    expect(exitCode).toBe(124);
  });
});

describe('signals', () => {
  const start = (kind: string): ChildProcess =>
    spawn(
      process.execPath,
      [join(PACKAGE_ROOT, 'bin/wms.js'), 'train', ...options(), '--', './train.sh', kind],
      {
        cwd: team.clone,
        env: isolatedEnv({ CI: '1' }),
        stdio: 'ignore',
      },
    );
  const exitOf = (child: ChildProcess) =>
    new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isTrue())) await wait(20);
  }
  async function startAndWait(kind: string): Promise<{ child: ChildProcess; exit: Promise<number | null> }> {
    const before = latest();
    const child = start(kind);
    const exit = exitOf(child);
    await until(() => latest() !== before && existsSync(join(latest(), 'hangs')));
    return { child, exit };
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s reaches the command and its children', async (signal, code) => {
    const { child, exit } = await startAndWait('children');
    const grandchild = Number(readFileSync(join(latest(), 'child'), 'utf8'));
    child.kill(signal);
    expect(await exit).toBe(code);
    expect(await isRunning(grandchild)).toBe(false);
    expect(latestStatus()).toMatchObject({
      outcome: 'failed',
      stage: 'Training',
      error: { kind: 'train/interrupted' },
    });
  });

  test('a command that ignores them is killed after its grace', async () => {
    await settings({ graceSeconds: 0.3 });
    const { child, exit } = await startAndWait('deaf');
    await git(team.clone, 'checkout', '--quiet', 'wms.config.json');
    child.kill('SIGTERM');
    expect(await exit).toBe(143);
  });

  test('killed with SIGKILL, no part of the command lives on, and the same command trains', async () => {
    const { child, exit } = await startAndWait('children');
    const grandchild = Number(readFileSync(join(latest(), 'child'), 'utf8'));
    child.kill('SIGKILL');
    await exit;
    await until(async () => !(await isRunning(grandchild)));
    expect(latestStatus()).toMatchObject({ outcome: 'running', stage: 'Training' });
    expect((await train('--', './train.sh', 'good')).exitCode).toBe(0);
  });
});

describe('groups', () => {
  const candidates = (...names: string[]) => names.flatMap((name) => ['--candidate', name]);

  test('several candidates are trained one after the other and judged by our scores', async () => {
    const { exitCode, stderr } = await train(
      '--group',
      'both',
      ...candidates('unet', 'deeplab'),
      '--',
      './train.sh',
      'good',
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Best: deeplab');
    const group = json(join(team.clone, 'runs/groups/both/group.json'));
    expect(group.members.map(({ candidate }: { candidate: string }) => candidate)).toEqual([
      'deeplab',
      'unet',
    ]);
    expect(readFileSync(join(latest(), 'environment.txt'), 'utf8')).toMatch(/WMS_CANDIDATE=(unet|deeplab)\n/);
  });

  test('a candidate that failed is named, and tried again alone', async () => {
    const both = ['--group', 'retry', ...candidates('unet', 'deeplab')];
    const first = await train(...both, '--', './train.sh', 'crash-deeplab');
    expect(first.stderr).toContain('Not decided yet: waiting for deeplab.');
    expect(first.exitCode).toBe(3);
    const alone = ['--group', 'retry', ...candidates('deeplab'), '--expect', 'unet', '--expect', 'deeplab'];
    const second = await train(...alone, '--', './train.sh', 'good');
    expect(second.stderr).toContain('Best: deeplab');
    expect(second.exitCode).toBe(0);
  });
});

test('the gate tests on the split that training kept out, without being told where', async () => {
  await train('--', './train.sh', 'good');
  const candidate = join(latest(), 'model.onnx');
  const { exitCode, stdout } = await wms(team.clone, ['model', 'gate', '--candidate', candidate, '--json']);
  expect(exitCode).toBe(0);
  const { split } = latestStatus();
  expect(JSON.parse(stdout)).toMatchObject({
    decision: 'first',
    testSplit: split?.testHash,
    images: split?.test,
  });
});

test('a dataset of a directory is split as the same pictures in the store are', async () => {
  const to = join(team.clone, 'node_modules/.pulled');
  await wms(team.clone, ['data', 'pull', '--to', to]);
  await train('--', './train.sh', 'good');
  const fromStore = latestStatus().split;
  await train('--data', to, '--force', '--', './train.sh', 'good');
  expect(latestStatus().split).toEqual(fromStore);
  expect(latestStatus().data).toMatchObject({ from: to, commit: null });
  await writeFiles(to, { 'images/broken.png': md5Of('x'), 'masks/broken.png': 'x' });
  const { exitCode, stderr } = await train('--data', to, '--', './train.sh', 'good');
  expect(stderr).toContain('images/broken.png: ');
  expect(exitCode).toBe(3);
});
