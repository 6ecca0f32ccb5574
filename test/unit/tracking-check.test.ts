import { beforeEach, expect, test } from 'vitest';
import { EXIT, WmsError } from '../../src/errors.js';
import { checkTracking } from '../../src/training/tracking-check.js';
import { waitForTracking } from '../../src/training/wait-for-tracking.js';
import { FakeTiming } from '../support/fake-timing.js';
import { MemoryTracking } from '../support/memory-tracking.js';
import { silentReporter } from '../support/silent-reporter.js';

let server: MemoryTracking;
let timing: FakeTiming;
beforeEach(() => {
  server = new MemoryTracking();
  timing = new FakeTiming();
});

const failure = (kind: string, code: 4 | 5 = EXIT.network) =>
  new WmsError({ kind, code, what: `It failed: ${kind}.`, why: 'A reason.', next: 'A command.' });

const check = () => {
  const clock = { now: () => new Date(1_700_000_000_000) };
  return checkTracking(server, { experiment: 'wms', timing, clock, reporter: silentReporter() });
};

test('waits longer and longer while the server wakes up', async () => {
  server.failOn('checkHealth', failure('tracking/unreachable'), 2);
  server.failOn('checkHealth', failure('tracking/busy'), 1);
  expect(await waitForTracking(server, { timing })).toBe(4);
  expect(timing.pauses).toEqual([10_000, 20_000, 30_000]);
});

test('gives up after five attempts, with the last reason', async () => {
  server.failOn('checkHealth', failure('tracking/server-error'));
  await expect(waitForTracking(server, { timing })).rejects.toMatchObject({
    kind: 'tracking/server-error',
    code: 5,
    why: 'A reason.\nTried 5 times in 100 s.',
    next: 'A command.',
  });
  expect(server.calls).toHaveLength(5);
});

test('does not wait for what only a person can change', async () => {
  server.failOn('checkHealth', failure('tracking/wrong-credentials', EXIT.credentials));
  await expect(waitForTracking(server, { timing })).rejects.toMatchObject({ code: 4 });
  expect(timing.pauses).toEqual([]);
});

test('four steps, and one finished run', async () => {
  const { steps, error } = await check();
  expect(error).toBeNull();
  expect(steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual([
    'health true',
    'experiment true',
    'run true',
    'read back true',
  ]);
  const [only, ...others] = [...server.runs.values()];
  expect(others).toEqual([]);
  expect(only?.run).toMatchObject({ status: 'FINISHED', metrics: { 'wms.check': { value: 1 } } });
});

test('the step that fails is the last one, and its run does not stay open', async () => {
  server.failOn('logMetrics', failure('tracking/busy'));
  const { steps, error } = await check();
  expect(steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual([
    'health true',
    'experiment true',
    'run false',
  ]);
  expect(error).toMatchObject({ kind: 'tracking/busy', code: 5 });
  expect([...server.runs.values()].map(({ run }) => run.status)).toEqual(['FAILED']);
});

test('a metric that was taken but is not there is a failure', async () => {
  server.logMetrics = async () => {};
  const { steps, error } = await check();
  expect(steps.at(-1)).toMatchObject({ step: 'read back', ok: false });
  expect(error).toMatchObject({ kind: 'tracking/not-read-back', code: 5 });
});
