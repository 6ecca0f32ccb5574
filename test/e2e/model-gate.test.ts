import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { readVerdict } from '../../src/model/verdict-file.js';
import { md5Of } from '../support/manifests.js';
import { commitFiles, git, writeFiles } from '../support/scratch.js';
import { commitVersion, directoryShelf } from '../support/stored-dataset.js';
import { makeTeam, type Team, wms } from '../support/team.js';

let team: Team;
const GOOD = tinyModel();
const SHY = tinyModel({ darkness: 0.25 });
const TEST = ['--images', 'test/images', '--masks', 'test/masks'];

beforeAll(async () => {
  team = await makeTeam({ keep: true });
  const facts = tinyModelFacts();
  const files: Record<string, string | Buffer> = {
    'out/good.onnx': GOOD,
    'out/shy.onnx': SHY,
    'out/model.json': facts,
    'out/metrics.json': '{"dice": 0.99, "iou": 0.98, "loss": 0.1}',
    'dummy/model.onnx': tinyModel({ gain: 0 }),
  };
  for (let seed = 0; seed < 4; seed++) {
    const { image, mask } = await drawMeter(seed);
    files[`test/images/meter_${seed}.jpg`] = image;
    files[`test/masks/meter_${seed}.png`] = mask;
  }
  await writeFiles(team.clone, files);
});

const gate = (...args: string[]) => wms(team.clone, ['model', 'gate', ...TEST, ...args]);

async function production(model: Buffer): Promise<void> {
  const files = { 'models/production.onnx': model, 'models/model.json': tinyModelFacts() };
  await commitFiles(team.clone, files, 'a model');
  await git(team.clone, 'push', '--quiet', '--no-verify');
}

test('the first model passes, and its verdict is kept', async () => {
  const { exitCode, stderr, stdout } = await gate('--candidate', 'out/shy.onnx', '--json');
  expect(exitCode).toBe(0);
  expect(stderr).toContain('✔ Production    none yet');
  expect(stderr).toContain('✔ The first model.');
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ decision: 'first', images: 4, baseline: null });
  expect(told.perImage).toHaveLength(4);
  const kept = await readVerdict(join(team.clone, '.git'), md5Of(SHY));
  expect({ ...kept, perImage: told.perImage }).toEqual(told);
});

describe('with a Production model', () => {
  beforeAll(() => production(SHY));

  test('a better one passes: 0', async () => {
    const { exitCode, stderr, stdout } = await gate(
      '--candidate',
      'out/good.onnx',
      '--markdown',
      '--html',
      'gate.html',
    );
    expect(stderr).toContain('4 test images: 4 better, 0 worse, 0 equal');
    expect(stderr).toContain('✔ Better than Production.');
    expect(stderr).toContain('→ npx wms model promote out/good.onnx');
    expect(stderr).toContain('The trainer of out/good.onnx reported Dice 0.9900');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^### ✅ Better than Production\n/);
    const page = readFileSync(join(team.clone, 'gate.html'), 'utf8');
    expect(page.match(/<img /g)).toHaveLength(4);
  });

  test('the same one does not: 10', async () => {
    const { exitCode, stderr } = await gate('--candidate', 'out/shy.onnx');
    expect(stderr).toContain('✖ Not better than Production.');
    expect(exitCode).toBe(10);
    expect(await readVerdict(join(team.clone, '.git'), md5Of(SHY))).toMatchObject({ decision: 'not-better' });
  });

  test('a file can take the place of Production', async () => {
    const { exitCode, stderr } = await gate('--candidate', 'out/shy.onnx', '--baseline', 'out/good.onnx');
    expect(stderr).toContain('✖ Not better than the baseline.');
    expect(stderr).toContain('Got worst (Dice)');
    expect(exitCode).toBe(10);
  });

  test('a dummy cannot be decided: 11', async () => {
    const { exitCode, stderr } = await gate('--candidate', 'dummy/model.onnx');
    expect(stderr).toContain('✖ Cannot be decided.');
    expect(stderr).toContain('dummy/model.onnx: The model ran, but its output is no usable mask');
    expect(exitCode).toBe(11);
  });

  test('nor can anything while the remote is away: 11, and a verdict that never passes', async () => {
    renameSync(team.remote, `${team.remote}.away`);
    try {
      const { exitCode, stderr } = await gate('--candidate', 'out/good.onnx');
      expect(stderr).toContain('✖ Cannot be decided.');
      expect(exitCode).toBe(11);
    } finally {
      renameSync(`${team.remote}.away`, team.remote);
    }
    expect(await readVerdict(join(team.clone, '.git'), md5Of(GOOD))).toMatchObject({ decision: 'undecided' });
  });

  test('settings ask for more', async () => {
    writeFileSync(join(team.clone, 'wms.config.json'), '{"gate": {"requireSignificant": true}}');
    const { exitCode, stderr } = await gate('--candidate', 'out/good.onnx');
    writeFileSync(join(team.clone, 'wms.config.json'), '{}');
    expect(stderr).toContain('gate.requireSignificant needs 10 test images; there are 4.');
    expect(exitCode).toBe(11);
  });
});

test.each([
  [['--candidate', 'nowhere.onnx'], /There is no model file nowhere\.onnx/],
  [['--candidate', 'out/good.onnx', '--images', 'nowhere'], /nowhere cannot be read as a directory/],
  [['--candidate', 'out/good.onnx', '--masks', 'out'], /test\/images\/meter_0\.jpg has no mask/],
  [['--candidate', 'out/good.onnx', '--json', '--markdown'], /cannot be used with/],
  [[], /required option '--candidate <file>'/],
])('wrong usage %j: 2', async (args, message) => {
  const { exitCode, stderr } = await gate(...args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

test('without directories, the test split of the dataset of HEAD', async () => {
  const version: Record<string, Buffer> = {};
  for (let seed = 0; seed < 12; seed++) {
    const { image, mask } = await drawMeter(seed);
    version[`images/meter_${seed}.jpg`] = image;
    version[`masks/meter_${seed}.png`] = mask;
  }
  const home = await makeTeam({ config: { train: { split: { train: 0.4, validation: 0, test: 0.6 } } } });
  await commitVersion(home.clone, directoryShelf(home.store), version);
  await git(home.clone, 'push', '--quiet', '--no-verify');
  await writeFiles(home.clone, { 'out/model.onnx': GOOD, 'out/model.json': tinyModelFacts() });
  const judge = () => wms(home.clone, ['model', 'gate', '--candidate', 'out/model.onnx', '--json']);

  const first = await judge();
  expect(first.stderr).toContain('✔ The first model.');
  const { images, testSplit, perImage } = JSON.parse(first.stdout);
  expect(images).toBeGreaterThan(0);
  expect(images).toBeLessThan(12);
  expect(perImage[0].candidate.dice).toBeGreaterThan(0.8);

  await writeFiles(home.clone, { 'out/split.json': JSON.stringify({ testHash: testSplit }) });
  expect((await judge()).exitCode).toBe(0);
  await writeFiles(home.clone, { 'out/split.json': JSON.stringify({ testHash: 'f'.repeat(32) }) });
  const other = await judge();
  expect(other.stderr).toContain('The candidate was trained with another test split (ffffffff)');
  expect(other.exitCode).toBe(11);
  await writeFiles(home.clone, { 'out/split.json': '{}' });
  expect((await judge()).exitCode).toBe(2);
});
