import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, test } from 'vitest';
import { runs, type Status } from '../support/workflow/expressions.js';
import {
  type Job,
  needsOf,
  play,
  readWorkflow,
  WORKFLOWS,
  workflowText,
} from '../support/workflow/workflow.js';

const { jobs } = readWorkflow('wms.yml');
/** The way of a data branch, in its order. */
const WAY = ['check', 'pr', 'session', 'train', 'decide', 'finish'];
const ENDS = ['success', 'failure', 'cancelled'] as const;

/** All lists of `length` of these. */
function lists<T>(of: readonly T[], length: number): T[][] {
  if (length === 0) return [[]];
  return lists(of, length - 1).flatMap((list) => of.map((each) => [...list, each]));
}

/** How often each result is there, in all ways, and which job it is that begins. */
function mixtures(length: number): Status[][] {
  const all: readonly Status[] = [...ENDS, 'skipped'];
  const isSorted = (list: Status[]) =>
    list.every((each, at) => at === 0 || all.indexOf(list[at - 1] as Status) <= all.indexOf(each));
  return lists(all, length)
    .filter(isSorted)
    .flatMap((list) => list.map((_, at) => [...list.slice(at), ...list.slice(0, at)]));
}

describe.each(WORKFLOWS)('%s', (file) => {
  const workflow = readWorkflow(file);
  const steps = Object.entries(workflow.jobs).flatMap(([job, { steps }]) =>
    steps.map((step) => ({ job, step })),
  );

  test("GitHub's own parser reads it without errors", async () => {
    const { context, value } = parseWorkflow(
      { name: file, content: workflowText(file) },
      new NoOperationTraceWriter(),
    );
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
    const { errors, jobs } = await convertWorkflowTemplate(context, value as NonNullable<typeof value>);
    expect(errors ?? []).toEqual([]);
    expect(jobs.map(({ id }) => id.value)).toEqual(Object.keys(workflow.jobs));
  });

  test('nothing is granted to all jobs, each has its grants and its time', () => {
    expect(workflow.permissions).toEqual({});
    for (const [name, job] of Object.entries(workflow.jobs)) {
      expect(Object.keys(job.permissions), name).toContain('contents');
      expect(job['timeout-minutes'], name).toBeDefined();
    }
  });

  test('every action is pinned to a commit and says its version', () => {
    const lines = workflowText(file)
      .split('\n')
      .filter((line) => /\buses:/.test(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('no script holds a value of the event: they come as variables, in quotes', () => {
    for (const { job, step } of steps.filter(({ step }) => step.run !== undefined)) {
      expect(step.run, job).not.toContain('${{');
      for (const line of step.run?.split('\n') ?? []) {
        // Inside of quotes: an odd number of them stands before each.
        const parts = line.split('$').slice(0, -1);
        for (const index of parts.keys()) {
          expect(
            parts
              .slice(0, index + 1)
              .join('')
              .split('"').length % 2,
            `${job}: ${line}`,
          ).toBe(0);
        }
      }
    }
  });

  test('wms is never downloaded from a registry under its short name', () => {
    for (const { step } of steps)
      if (step.run?.includes('npx')) expect(step.run).toMatch(/^npx --no wms ci [a-z-]+/);
  });
});

test('a run starts with the push of a data branch, and no run is lost', () => {
  const { on, concurrency } = readWorkflow('wms.yml');
  expect(on).toEqual({ push: { branches: ['data/**'] } });
  expect(concurrency).toEqual({ group: 'wms', queue: 'max', 'cancel-in-progress': false });
});

test('the guard may write nothing', () => {
  const { guard } = readWorkflow('wms-guard.yml').jobs as { guard: Job };
  expect(guard.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
});

describe('whatever the jobs come to', () => {
  const plays = [null, ...WAY].flatMap((cancelledAfter) =>
    lists<Status>(ENDS, WAY.length).map((ends) =>
      play(jobs, (name) => ends[WAY.indexOf(name)] ?? 'success', cancelledAfter),
    ),
  );

  test('each runs only after the one before it has ended well', () => {
    for (const results of plays) {
      for (const [index, name] of WAY.entries()) {
        const before = WAY.slice(0, index).map((each) => results[each]);
        if (results[name] !== 'skipped') expect(before, name).toEqual(before.map(() => 'success'));
      }
    }
  });

  test('a failed check never trains, and nothing is finished that was not decided', () => {
    for (const { check, train, decide, finish } of plays) {
      if (check !== 'success') expect(train).toBe('skipped');
      if (decide !== 'success') expect(finish).toBe('skipped');
    }
    expect(plays.some(({ finish }) => finish === 'success')).toBe(true);
  });

  test('stop runs', () => {
    for (const results of plays) expect(results.stop).toBe('success');
  });

  test('a failure is reported exactly when there is one', () => {
    for (const results of plays) {
      const failed = WAY.some((name) => ['failure', 'cancelled'].includes(results[name] as string));
      expect(results.report, JSON.stringify(results)).toBe(failed ? 'success' : 'skipped');
    }
  });
});

test('the report is not fooled by any results, also those that cannot be', () => {
  const report = jobs.report as Job;
  const names = needsOf(report);
  expect(names).toEqual(Object.keys(jobs).filter((name) => name !== 'report'));
  for (const results of mixtures(names.length)) {
    const needs = Object.fromEntries(names.map((name, index) => [name, { result: results[index] }]));
    for (const cancelled of [false, true]) {
      const told = runs(report.if, { contexts: { needs }, before: results, cancelled });
      expect(told).toBe(results.includes('failure') || results.includes('cancelled'));
    }
  }
});

test('stop waits for every job but the report, runs after any results, and ends within what GitHub gives it', () => {
  const stop = jobs.stop as Job;
  expect(needsOf(stop)).toEqual(WAY);
  expect(stop['timeout-minutes']).toBeLessThanOrEqual(5);
  for (const results of mixtures(WAY.length)) {
    const needs = Object.fromEntries(WAY.map((name, index) => [name, { result: results[index] }]));
    for (const cancelled of [false, true]) {
      expect(runs(stop.if, { contexts: { needs }, before: results, cancelled })).toBe(true);
    }
  }
});

test('a stop that fails is reported, too', () => {
  expect(play(jobs, (name) => (name === 'stop' ? 'failure' : 'success')).report).toBe('success');
});

test('the report is told without wms where wms cannot be installed', () => {
  const last = jobs.report?.steps.at(-1);
  expect(runs(last?.if, { contexts: {}, before: ['success', 'failure', 'skipped'] })).toBe(true);
  expect(runs(last?.if, { contexts: {}, before: ['success'] })).toBe(false);
});
