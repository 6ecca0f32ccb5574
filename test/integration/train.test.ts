import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { EXIT, WmsError } from '../../src/errors.js';
import type { StoreNotes } from '../../src/ports/store-notes.js';
import { parseStatus, STATUS_FILE, type TrainStatus } from '../../src/training/status.js';
import { train } from '../../src/training/train.js';
import { FakeTiming } from '../support/fake-timing.js';
import { MemoryTracking } from '../support/memory-tracking.js';
import { pairFiles } from '../support/pictures.js';
import { git, makeDirectory, writeFiles } from '../support/scratch.js';
import { makeTeam, type Team } from '../support/team.js';
import { trainOptions, trainTools } from '../support/train-tools.js';
import { commitTrainer } from '../support/trainer.js';

let team: Team;
let data: string;
const never = new AbortController().signal;

beforeAll(async () => {
  team = await makeTeam({ keep: true });
  await commitTrainer(team.clone);
  data = makeDirectory({ keep: true });
  const files = await pairFiles(Array.from({ length: 12 }, (_, seed) => seed));
  const inData = Object.entries(files).map(([name, bytes]) => [name.replace('data/training/', ''), bytes]);
  await writeFiles(data, Object.fromEntries(inData));
});

const unreachable = new WmsError({
  kind: 'tracking/unreachable',
  code: EXIT.network,
  what: 'Nobody answers.',
});
const runsOf = () => (existsSync(join(team.clone, 'runs')) ? readdirSync(join(team.clone, 'runs')) : []);

async function latestStatus(): Promise<TrainStatus | null> {
  const [name = ''] = runsOf().sort().reverse();
  return parseStatus(readFileSync(join(team.clone, 'runs', name, STATUS_FILE), 'utf8'));
}

test('a tracked run is started before the command, told to it, and ended with what it left', async () => {
  const tracking = new MemoryTracking();
  const tools = await trainTools(team, { tracking });
  const status = await train(tools, trainOptions(team, data, { salt: 'tracked' }), never);
  expect(status).toMatchObject({
    outcome: 'finished',
    tracking: { runId: 'run-1' },
    result: { isUploaded: true },
  });
  const { run, artifacts } = tracking.runs.get('run-1')!;
  expect(run).toMatchObject({
    status: 'FINISHED',
    tags: { 'wms.runKey': status.key, 'wms.by': 'wms train' },
  });
  expect([...artifacts.keys()].sort()).toEqual([
    'metrics.json',
    'model.json',
    'model.onnx',
    'split.json',
    'train.log',
  ]);
  expect(artifacts.get('model.onnx')).toEqual(readFileSync(join(status.directory, 'model.onnx')));
  const environment = readFileSync(join(status.directory, 'environment.txt'), 'utf8');
  expect(environment).toContain('MLFLOW_RUN_ID=run-1\n');
  expect(environment).toContain('MLFLOW_TRACKING_URI=memory://tracking\n');
  expect(environment).toContain(`WMS_RUN_KEY=${status.key}\n`);
});

test('a server that is configured and not there aborts before anything is trained', async () => {
  const tracking = new MemoryTracking();
  tracking.failOn('checkHealth', unreachable);
  const timing = new FakeTiming();
  const tools = await trainTools(team, { tracking, timing });
  await expect(train(tools, trainOptions(team, data), never)).rejects.toMatchObject({
    kind: 'tracking/unreachable',
  });
  expect(timing.pauses).toEqual([10_000, 20_000, 30_000, 40_000]);
  const status = await latestStatus();
  expect(status).toMatchObject({
    outcome: 'failed',
    stage: 'Tracking',
    error: { kind: 'tracking/unreachable' },
  });
  expect(existsSync(join(status!.directory, 'train.log'))).toBe(false);
});

test.each(['openExperiment', 'startRun', 'readRun'] as const)(
  'so does a server that fails in %s',
  async (method) => {
    const tracking = new MemoryTracking();
    tracking.failOn(method, unreachable);
    const tools = await trainTools(team, { tracking });
    await expect(train(tools, trainOptions(team, data, { salt: method }), never)).rejects.toBe(unreachable);
    expect(existsSync(join((await latestStatus())!.directory, 'train.log'))).toBe(false);
  },
);

test('an upload that is denied leaves the training finished, with the command that uploads it later', async () => {
  const tracking = new MemoryTracking();
  const denied = {
    kind: 'tracking/artifact-denied',
    code: EXIT.credentials,
    what: 'The artifact was refused.',
  };
  tracking.failOn('uploadArtifact', new WmsError(denied));
  const tools = await trainTools(team, { tracking });
  const status = await train(tools, trainOptions(team, data, { salt: 'denied' }), never);
  expect(status).toMatchObject({ outcome: 'finished', result: { isUploaded: false } });
  expect(existsSync(join(status.directory, 'model.onnx'))).toBe(true);
  const warning = tools.reporter.lines.find((line) => line.startsWith('⚠ Upload'));
  expect(warning).toContain('The artifact was refused.');
  expect(warning).toContain(`npx wms train upload ${status.directory.slice(team.clone.length + 1)}`);
});

test('a training that fails ends its tracked run as FAILED', async () => {
  const tracking = new MemoryTracking();
  const tools = await trainTools(team, { tracking });
  const options = trainOptions(team, data, { command: ['./train.sh', 'crash'] });
  await expect(train(tools, options, never)).rejects.toMatchObject({ exitStatus: 3 });
  expect(tracking.runs.get('run-1')?.run.status).toBe('FAILED');
  await expect(train(tools, options, never)).rejects.toMatchObject({ exitStatus: 3 });
  expect(tracking.runs.get('run-2')?.run.status).toBe('FAILED');
});

test('the same run that finished elsewhere is found on the server', async () => {
  const tracking = new MemoryTracking();
  const options = trainOptions(team, data, { salt: 'elsewhere' });
  const first = await train(await trainTools(team, { tracking }), options, never);
  await writeFiles(first.directory, { [STATUS_FILE]: '{}' });
  const tools = await trainTools(team, { tracking });
  const before = runsOf();
  const again = await train(tools, options, never);
  expect(again.outcome).toBe('skipped');
  expect(tools.reporter.lines.at(-1)).toContain('done before: run run-1');
  expect(runsOf()).toEqual(before);
  expect((await train(tools, { ...options, salt: 'another' }, never)).outcome).toBe('finished');
  expect((await train(tools, { ...options, force: true }, never)).outcome).toBe('finished');
});

test('silent RUNNING runs are named, and only those', async () => {
  const tracking = new MemoryTracking();
  const { id: experimentId } = await tracking.openExperiment('wms');
  const start = (name: string, at: number, by = 'wms train') =>
    tracking.startRun({ experimentId, name, key: name, tags: { 'wms.by': by }, at });
  const hour = 3_600_000;
  await start('killed', Date.now() - hour);
  await start('of somebody else', Date.now() - hour, 'a person');
  const alive = await start('alive', Date.now() - hour);
  await tracking.setTags(alive.id, { 'wms.alive': String(Date.now()) });
  const tools = await trainTools(team, { tracking });
  await train(tools, trainOptions(team, data, { salt: 'stale' }), never);
  const line = tools.reporter.lines.find((text) => text.includes('--close-stale'));
  expect(line).toContain('killed.');
  expect(line).not.toMatch(/alive|somebody/);
});

test('the store gets the status of every stage; one that refuses it does not stop training', async () => {
  const seen: TrainStatus[] = [];
  const silent = { read: async () => null, create: async () => false, replace: async () => false };
  const notes: StoreNotes = {
    ...silent,
    write: async (_name, bytes) => void seen.push(parseStatus(bytes.toString()) as TrainStatus),
  };
  await train(await trainTools(team, { notes }), trainOptions(team, data, { salt: 'told' }), never);
  expect(seen.map(({ stage }) => stage)).toEqual([
    'Command',
    'Tracking',
    'Data',
    'Split',
    'Run',
    'Files',
    'Training',
    'Model',
    'Upload',
    'Upload',
  ]);
  expect(seen.at(-1)?.outcome).toBe('finished');

  const refused = new WmsError({
    kind: 'store/denied',
    code: EXIT.credentials,
    what: 'The store refuses this.',
  });
  const deaf: StoreNotes = { ...silent, write: () => Promise.reject(refused) };
  const tools = await trainTools(team, { notes: deaf });
  expect((await train(tools, trainOptions(team, data, { salt: 'deaf' }), never)).outcome).toBe('finished');
  expect(tools.reporter.lines.filter((line) => line.includes('The store refuses this.'))).toHaveLength(1);
});

test('code that is not committed makes another run, and is told', async () => {
  const tools = await trainTools(team);
  const options = trainOptions(team, data, { salt: 'code' });
  const first = await train(tools, options, never);
  await writeFiles(team.clone, { 'notes.txt': 'a new file' });
  const second = await train(tools, options, never);
  expect(second).toMatchObject({ outcome: 'finished', code: { isDirty: true } });
  expect(first.code?.isDirty).toBe(false);
  expect(second.key).not.toBe(first.key);
  expect(await git(team.clone, 'status', '--porcelain')).toBe('?? notes.txt');
  await git(team.clone, 'clean', '--quiet', '--force');
  expect((await train(tools, options, never)).outcome).toBe('skipped');
});
