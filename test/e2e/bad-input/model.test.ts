import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawMeter } from '../../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../../scripts/sample/tiny-model.js';
import {
  expectPublished,
  expectRefused,
  IMAGES,
  lastOutcome,
  MASKS,
  type Refusal,
  teamTemplate,
} from '../../support/bad-push.js';
import { commitFiles, git, makeDirectory } from '../../support/scratch.js';
import { PACKAGE_ROOT } from '../../support/team.js';

const team = teamTemplate();
const MODEL = 'models/production.onnx';
const FACTS = 'models/model.json';
const NOT_REQUIRED = { 'wms.config.json': '{ "smoke": { "required": false } }\n' };

const good = { [MODEL]: tinyModel(), [FACTS]: tinyModelFacts() };

async function meters(...seeds: number[]): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const seed of seeds) {
    const { image, mask } = await drawMeter(seed);
    files[`${IMAGES}/meter_${seed}.jpg`] = image;
    files[`${MASKS}/meter_${seed}.png`] = mask;
  }
  return files;
}

interface Case {
  readonly name: string;
  readonly files: Record<string, Buffer | string>;
  readonly refusal: Refusal;
  /** What the summary line says when the smoke test is not required. */
  readonly warns: string;
}

const CASES: readonly Case[] = [
  {
    name: 'a file that is no model',
    files: { ...good, [MODEL]: 'not a model' },
    refusal: {
      code: 2,
      kind: 'model/broken',
      says: ['not an ONNX model that can be loaded', '→ Export the model again'],
    },
    warns: 'The model file is not an ONNX model that can be loaded (',
  },
  {
    name: 'another input shape than model.json tells',
    files: { ...good, [FACTS]: tinyModelFacts().replaceAll('192', '64') },
    refusal: { code: 2, kind: 'model/wrong-input', says: ['192', '64', 'model.json'] },
    warns: '192',
  },
  {
    name: 'the same output whatever it sees',
    files: { ...good, [MODEL]: tinyModel({ gain: 0 }) },
    refusal: {
      code: 2,
      kind: 'model/bad-output',
      says: ['its output is no usable mask', 'output is 0.5 at every pixel of every image'],
    },
    warns: 'its output is no usable mask (output is 0.5 at every pixel of every image)',
  },
  {
    name: 'output that is not a number',
    files: { ...good, [MODEL]: tinyModel({ gain: Number.NaN }) },
    refusal: { code: 2, kind: 'model/bad-output', says: ['output holds NaN'] },
    warns: 'output holds NaN',
  },
  {
    name: 'a broken model.json',
    files: { ...good, [FACTS]: '{ "input": ' },
    refusal: { code: 2, kind: 'model/facts-invalid', says: [FACTS, 'not valid JSON', `→ Correct ${FACTS}`] },
    warns: FACTS,
  },
  {
    name: 'a pointer to an object that the store does not have',
    files: {
      [FACTS]: tinyModelFacts(),
      [`${MODEL}.dvc`]: `outs:\n- md5: ${'ab'.repeat(16)}\n  hash: md5\n  path: production.onnx\n`,
    },
    refusal: { code: 5, kind: 'model/missing', says: [MODEL, 'ab'.repeat(16), 'dvc push'] },
    warns: MODEL,
  },
];

for (const { name, files, refusal, warns } of CASES) {
  test(`model: ${name}`, async () => {
    const here = await team();
    await commitFiles(here.clone, { ...(await meters(2, 3)), ...files }, 'photos and a model');
    await expectRefused(here, refusal);

    await commitFiles(here.clone, NOT_REQUIRED, 'go on without');
    const { stderr } = await expectPublished(here, ['meter_1', 'meter_2', 'meter_3']);
    const line = stderr.split('\n').find((text) => text.includes('⚠ Smoke test'));
    expect(line).toContain(warns);
    expect(line).toContain('smoke.required is false, so the publish goes on');
    expect(lastOutcome(here.clone).smoke).toBeNull();
  });
}

test('model: good again', async () => {
  const here = await team();
  await commitFiles(here.clone, { ...(await meters(2, 3)), ...good, [MODEL]: 'not a model' }, 'photos');
  await expectRefused(here, { code: 2, kind: 'model/broken', says: [] });
  await commitFiles(here.clone, good, 'a model');
  await expectPublished(here, ['meter_1', 'meter_2', 'meter_3']);
  expect(lastOutcome(here.clone).smoke).toMatchObject({ images: 2 });
});

test('model: a directory in its place is not taken for "no model yet"', async () => {
  const here = await team();
  await commitFiles(here.clone, { ...(await meters(2)), [`${MODEL}/weights`]: 'x' }, 'photos');
  await expectRefused(here, { code: 2, kind: 'model/unreadable', says: [MODEL, 'directory'] });
  await git(here.clone, 'rm', '--quiet', '-r', 'models');
  await commitFiles(here.clone, good, 'a model');
  await expectPublished(here, ['meter_1', 'meter_2']);
});

/** This package without the one that runs models, as users have it before the first smoke test. */
function packageWithoutRuntime(): string {
  const root = join(makeDirectory(), 'wms-hooks');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  for (const name of ['bin', 'dist', 'hooks', 'runtime', 'schema', 'package.json'])
    cpSync(join(PACKAGE_ROOT, name), join(root, name), { recursive: true });
  for (const name of readdirSync(join(PACKAGE_ROOT, 'node_modules'))) {
    if (name.startsWith('.') || name.startsWith('onnxruntime')) continue;
    symlinkSync(join(PACKAGE_ROOT, 'node_modules', name), join(root, 'node_modules', name));
  }
  return root;
}

test('onnxruntime-node is not here and the registry cannot be reached', async () => {
  const here = await team();
  rmSync(join(here.clone, 'node_modules/wms-hooks'));
  symlinkSync(packageWithoutRuntime(), join(here.clone, 'node_modules/wms-hooks'));
  const offline = {
    XDG_CACHE_HOME: makeDirectory(),
    npm_config_cache: makeDirectory(),
    npm_config_registry: 'http://127.0.0.1:9/',
  };
  await commitFiles(here.clone, { ...(await meters(2)), ...good }, 'photos and a model');
  await expectRefused(
    here,
    {
      code: 2,
      kind: 'model/runtime-missing',
      says: [
        'onnxruntime-node 1.30.0, which runs models, is not here and could not be installed',
        'npm error',
        '→ Install it in this project: npm install --save-dev --ignore-scripts onnxruntime-node@1.30.0',
        'set smoke.required to false in wms.config.json',
      ],
    },
    offline,
  );
  await commitFiles(here.clone, NOT_REQUIRED, 'go on without');
  const { stderr } = await expectPublished(here, ['meter_1', 'meter_2'], offline);
  expect(stderr).toMatch(/⚠ Smoke test +onnxruntime-node 1\.30\.0.* smoke\.required is false/);
});
