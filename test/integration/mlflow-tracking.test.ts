import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TrackingServer } from '../../src/ports/tracking-server.js';
import { openTestMlflow, startTestRun } from '../support/mlflow.js';
import { type MlflowTestServer, startMlflowServer } from '../support/mlflow-server.js';

let server: MlflowTestServer;
let tracking: TrackingServer;
beforeEach(async () => {
  server = await startMlflowServer();
  tracking = openTestMlflow(server.url).tracking;
});
afterEach(() => server.close());

test('an experiment is made once', async () => {
  expect(await tracking.openExperiment('wms')).toEqual({ id: '1', created: true });
  expect(await tracking.openExperiment('wms')).toEqual({ id: '1', created: false });
});

test('an experiment that somebody else makes at the same moment is theirs', async () => {
  server.onRequest = (operation) => {
    if (operation !== 'POST experiments/create' || server.state.experiments.has('wms')) return;
    server.state.experiments.set('wms', { id: '9', deleted: false });
  };
  expect(await tracking.openExperiment('wms')).toEqual({ id: '9', created: false });
});

test('an experiment in the bin is not used, and not made a second time', async () => {
  await tracking.openExperiment('wms');
  server.state.experiments.get('wms')!.deleted = true;
  await expect(tracking.openExperiment('wms')).rejects.toMatchObject({
    kind: 'tracking/experiment-deleted',
    code: 5,
    next: expect.stringContaining('--experiment-id 1'),
  });
});

test('a run whose answer was lost is not started a second time', async () => {
  server.inject({ operation: 'POST runs/create', fault: { type: 'lost-answer' }, times: 1 });
  const id = await startTestRun(tracking, 'a');
  expect(await startTestRun(tracking, 'a')).toBe(id);
  expect([...server.state.runs.keys()]).toEqual([id]);
  expect(await startTestRun(tracking, 'b')).not.toBe(id);
});

test('runs are found by status and tags, newest first, over all pages', async () => {
  const { id: experimentId } = await tracking.openExperiment('many');
  for (let i = 0; i < 1003; i += 1) {
    const tags = [{ key: 'group', value: i % 2 === 0 ? "Ana's" : 'others' }];
    server.state.answer('POST runs/create', {
      experiment_id: experimentId,
      run_name: `${i}`,
      start_time: i,
      tags,
    });
  }
  const runs = await tracking.findRuns({ experimentId });
  expect(runs.map(({ name }) => Number(name))).toEqual(Array.from({ length: 1003 }, (_, i) => 1002 - i));
  await tracking.endRun(runs[0]!.id, 'FINISHED', 5000);
  const mine = await tracking.findRuns({ experimentId, status: 'RUNNING', tags: { group: "Ana's" } });
  expect(mine).toHaveLength(501);
  expect(await tracking.findRuns({ experimentId, tags: { group: `"Ana's"` } })).toEqual([]);
});

test('metrics travel in few requests, also those that are no numbers', async () => {
  const id = await startTestRun(tracking, 'metrics');
  const points = Array.from({ length: 2500 }, (_, step) => ({
    name: `m${step % 9}`,
    value: step,
    step,
    at: step,
  }));
  await tracking.logMetrics(id, [...points, { name: 'bad', value: Number.NaN, step: 0, at: 7 }]);
  expect(server.count('POST runs/log-batch')).toBe(3);
  const { metrics } = await tracking.readRun(id);
  expect(metrics.m0).toEqual({ value: 2493, at: 2493 });
  expect(metrics.bad).toEqual({ value: Number.NaN, at: 7 });
  await tracking.logMetrics(id, []);
  expect(server.count('POST runs/log-batch')).toBe(3);
});

test('parameters and tags go beyond what one request takes', async () => {
  const id = await startTestRun(tracking, 'parameters');
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, 'é'.repeat(5000)]));
  await tracking.logParameters(id, many);
  await tracking.setTags(id, { ...many, p1: 'other' });
  expect([...server.state.run(id).params]).toHaveLength(250);
  expect((await tracking.readRun(id)).tags).toMatchObject({ p1: 'other', p249: many.p249 });
});

test('a run is ended, and one that is not there is told', async () => {
  const id = await startTestRun(tracking, 'end');
  await tracking.endRun(id, 'KILLED', 1_700_000_001_000);
  expect(await tracking.readRun(id)).toMatchObject({ status: 'KILLED', endedAt: 1_700_000_001_000 });
  const missing = { kind: 'tracking/no-such-run', code: 5 };
  await expect(tracking.readRun('nobody')).rejects.toMatchObject(missing);
  await expect(tracking.endRun('nobody', 'FAILED', 1)).rejects.toMatchObject(missing);
  await expect(
    tracking.logMetrics('nobody', [{ name: 'a', value: 1, step: 0, at: 0 }]),
  ).rejects.toMatchObject(missing);
  await expect(tracking.uploadArtifact('nobody', 'a', Buffer.from(''))).rejects.toMatchObject(missing);
});

test('an artifact lies below its run, whatever its name', async () => {
  const id = await startTestRun(tracking, 'artifacts');
  await tracking.uploadArtifact(id, 'plots/Zähler 1 #2?.png', Buffer.from('PNG'));
  const { artifact_uri: uri } = server.state.run(id).info;
  const stored = new Map([
    [`${String(uri).replace('mlflow-artifacts:/', '')}/plots/Zähler 1 #2?.png`, 'PNG'],
  ]);
  expect(new Map([...server.state.artifacts].map(([key, bytes]) => [key, String(bytes)]))).toEqual(stored);
});
