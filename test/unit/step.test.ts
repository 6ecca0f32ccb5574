import { expect, test } from 'vitest';
import { EXIT, WmsError } from '../../src/errors.js';
import type { PublishJob } from '../../src/publish/job.js';
import { runSteps, type Step } from '../../src/publish/step.js';

const failure = (kind: string) => new WmsError({ kind, code: EXIT.network, what: kind });

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Runs steps and tells in which order they began, ended and were reported. */
async function run(steps: readonly Step[]) {
  const told: string[] = [];
  const stop = new AbortController();
  const step = (title: string) => ({
    progress: () => {},
    done: () => told.push(`${title} done`),
    skipped: () => told.push(`${title} skipped`),
    warned: () => told.push(`${title} warned`),
    failed: () => told.push(`${title} failed`),
  });
  const job = { tools: { reporter: { step } }, signal: stop.signal } as unknown as PublishJob;
  const error: unknown = await runSteps(steps, job, stop).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { told, error, aborted: stop.signal.aborted };
}

const step = (title: string, needs: readonly string[], run: Step['run']): Step => ({ title, needs, run });
const ends: Step['run'] = async (_job, report) => void report.done('');

test('a step waits for what it needs, the others run at the same time', async () => {
  const { open, opened } = gate();
  const first = step('first', [], async (_job, report) => {
    await opened;
    report.done('');
  });
  const beside = step('beside', [], async (_job, report) => {
    report.done('');
    open();
  });
  const { told, error, aborted } = await run([first, beside, step('last', ['first', 'beside'], ends)]);
  expect(told).toEqual(['beside done', 'first done', 'last done']);
  expect([error, aborted]).toEqual([null, false]);
});

test('a step can wait for another in the middle of its work', async () => {
  const story: string[] = [];
  const slow = step('slow', [], async (_job, report) => {
    story.push('slow begins');
    await new Promise((resolve) => setImmediate(resolve));
    story.push('slow ends');
    report.done('');
  });
  const middle = step('middle', [], async (_job, report, after) => {
    story.push('middle begins');
    await after('slow');
    story.push('middle goes on');
    report.done('');
  });
  await run([slow, middle]);
  expect(story).toEqual(['slow begins', 'middle begins', 'slow ends', 'middle goes on']);
});

test('a failure stops the others, and what needs it never begins', async () => {
  let began = false;
  const broken = step('broken', [], async () => {
    throw failure('broken');
  });
  const patient = step('patient', [], async (job) => {
    await new Promise((_resolve, reject) => {
      job.signal.addEventListener('abort', () => reject(job.signal.reason));
    });
  });
  const next = step('next', ['broken'], async () => {
    began = true;
  });
  const { told, error, aborted } = await run([broken, patient, next]);
  expect(error).toMatchObject({ kind: 'broken' });
  expect(told).toEqual(['broken failed']);
  expect([aborted, began]).toEqual([true, false]);
});

test('waiting in the middle for a step that fails is no failure of its own', async () => {
  const broken = step('broken', [], async () => {
    throw failure('broken');
  });
  const waits = step('waits', [], async (_job, _report, after) => after('broken'));
  const { told, error } = await run([waits, broken]);
  expect(error).toMatchObject({ kind: 'broken' });
  expect(told).toEqual(['broken failed']);
});

test('of two failures the one that stands first is told, even when it comes later', async () => {
  const { open, opened } = gate();
  const late = step('late', [], async () => {
    await opened;
    throw failure('cause');
  });
  const early = step('early', [], async () => {
    open();
    throw failure('effect');
  });
  expect((await run([late, early])).error).toMatchObject({ kind: 'cause' });
});

test('what breaks because it was stopped does not hide why', async () => {
  const { open, opened } = gate();
  const victim = step('victim', [], async () => {
    await opened;
    throw new Error('torn down in the middle');
  });
  const cause = step('cause', [], async () => {
    setImmediate(open);
    throw failure('cause');
  });
  const { told, error } = await run([victim, cause]);
  expect(error).toMatchObject({ kind: 'cause' });
  expect(told).toEqual(['cause failed']);
});

test('a bug is thrown as it is', async () => {
  const bug = new TypeError('x is not a function');
  const broken = step('broken', [], async () => {
    throw bug;
  });
  expect((await run([broken])).error).toBe(bug);
});
