import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import type { TrackedRun } from '../../src/ports/tracking-server.js';
import { BY, TAGS } from '../../src/training/stale-runs.js';
import { openTestMlflow } from '../support/mlflow.js';
import { type MlflowProcess, startMlflow } from '../support/mlflow-process.js';
import { makeDirectory, writeFiles } from '../support/scratch.js';
import { makeTeam, type Ran, type Team, wms } from '../support/team.js';
import { commitTrainer } from '../support/trainer.js';

let server: MlflowProcess;
let artifacts: string;
let team: Team;
let data: string;

beforeAll(async () => {
  artifacts = join(makeDirectory({ keep: true }), 'artifacts');
  server = await startMlflow({ flags: ['--artifacts-destination', artifacts] });
  team = await makeTeam({ keep: true });
  await commitTrainer(team.clone);
  data = makeDirectory({ keep: true });
  for (let seed = 1; seed <= 24; seed++) {
    const { image, mask } = await drawMeter(seed);
    await writeFiles(data, { [`images/${seed}.jpg`]: image, [`masks/${seed}.png`]: mask });
  }
});
afterAll(() => server?.stop());

const inMlflow = (...args: string[]): Promise<Ran> =>
  wms(team.clone, args, { MLFLOW_TRACKING_URI: server.url });

interface Trained {
  readonly stderr: string;
  readonly directory: string;
  readonly runId: string;
  readonly isUploaded: boolean;
}

async function train(salt: string): Promise<Trained> {
  const flags = ['--json', '--data', data, '--salt', salt];
  const { exitCode, stdout, stderr } = await inMlflow('train', ...flags, '--', './train.sh', 'good');
  expect(exitCode, stderr).toBe(0);
  const { directory, tracking, result } = JSON.parse(stdout);
  return { stderr, directory, runId: tracking.runId, isUploaded: result.isUploaded };
}

const storedModel = (run: TrackedRun): string =>
  join(artifacts, run.experimentId, run.id, 'artifacts/model.onnx');

test('a training is one finished run with its scores and its model', async () => {
  const { directory, runId, isUploaded } = await train('tracked');
  expect(isUploaded).toBe(true);
  const run = await openTestMlflow(server.url).tracking.readRun(runId);
  const status = JSON.parse(await readFile(join(directory, 'wms-status.json'), 'utf8'));
  expect(run).toMatchObject({
    status: 'FINISHED',
    metrics: { 'wms.dice': { value: status.result.scores.dice } },
    tags: { [TAGS.by]: BY, [TAGS.runKey]: status.key, 'wms.model': status.result.model },
  });
  expect(await readFile(storedModel(run))).toEqual(await readFile(join(directory, 'model.onnx')));
  const environment = await readFile(join(directory, 'environment.txt'), 'utf8');
  expect(environment).toContain(`MLFLOW_RUN_ID=${runId}\n`);

  const again = await inMlflow('train', '--data', data, '--salt', 'tracked', '--', './train.sh', 'good');
  expect(again.exitCode, again.stderr).toBe(0);
  expect(again.stderr).toContain('--salt');
});

test('storage that takes nothing fails no training; the command that is named uploads later', async () => {
  await rm(artifacts, { recursive: true });
  await writeFile(artifacts, 'a file where the directory should be');
  const { stderr, directory, runId, isUploaded } = await train('refused');
  expect(isUploaded).toBe(false);
  const named = /npx wms (train upload \S+)/.exec(stderr)?.[1]?.split(' ') ?? [];
  expect(named).toHaveLength(3);

  await rm(artifacts);
  const later = await inMlflow(...named);
  expect(later.exitCode, later.stderr).toBe(0);
  expect(later.stderr).toContain(runId);
  const run = await openTestMlflow(server.url).tracking.readRun(runId);
  expect(run.status).toBe('FINISHED');
  expect(await readFile(storedModel(run))).toEqual(await readFile(join(directory, 'model.onnx')));
});

test('a directory without a finished run has nothing to upload', async () => {
  const { exitCode, stderr } = await inMlflow('train', 'upload', makeDirectory());
  expect(exitCode).toBe(2);
  expect(stderr).toContain('There is no wms-status.json.');
});

test('runs that gave no sign of life are named, closed when asked, and others left alone', async () => {
  const { tracking } = openTestMlflow(server.url);
  const { id: experimentId } = await tracking.openExperiment('wms');
  const hour = 3_600_000;
  const start = (name: string, by: string, at: number) =>
    tracking.startRun({ experimentId, name, key: name, tags: { [TAGS.by]: by }, at });
  const stale = await start('stale', BY, Date.now() - hour);
  const alive = await start('alive', BY, Date.now());
  const foreign = await start('foreign', 'somebody', Date.now() - hour);

  const { stderr } = await train('names');
  expect(stderr).toMatch(/long silent: stale\. To close: npx wms train --close-stale/);
  expect((await tracking.readRun(stale.id)).status).toBe('RUNNING');
  const closed = await inMlflow('train', '--close-stale');
  expect(closed.exitCode, closed.stderr).toBe(0);
  expect(closed.stderr).toContain(`stale (${stale.id})`);
  const statuses = await Promise.all(
    [stale, alive, foreign].map(async ({ id }) => (await tracking.readRun(id)).status),
  );
  expect(statuses).toEqual(['KILLED', 'RUNNING', 'RUNNING']);
  const again = await inMlflow('train', '--close-stale');
  expect(again.stderr).toContain('there are none');
});
