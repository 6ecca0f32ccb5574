import { describe, expect, test } from 'vitest';
import type { MergePlan } from '../../src/dataset/merge-plan.js';
import { planMerge } from '../../src/dataset/merge-plan.js';
import type { PublishJob } from '../../src/publish/job.js';
import { merge } from '../../src/publish/steps/merge.js';
import { md5Of } from '../support/manifests.js';

const entry = (relpath: string) => ({ relpath, md5: md5Of(relpath) });
const names = Array.from({ length: 12 }, (_, at) => `m${at + 10}.png`);
const base = { images: names.map(entry), masks: names.map(entry) };

function removal(count: number): MergePlan {
  const edits = names
    .slice(0, count)
    .flatMap((relpath) => (['images', 'masks'] as const).map((role) => ({ role, relpath, md5: null })));
  return planMerge({ base, edits });
}

/** Runs the step with somebody who answers, or with nobody; what was asked, shown and thrown. */
async function run(plan: MergePlan, answer: boolean | null, allowRemove = false) {
  const asked: unknown[] = [];
  const shown: string[] = [];
  const done: string[] = [];
  const job = {
    options: { allowReplace: false, allowRemove },
    findings: { merge: plan },
    tools: {
      prompter: {
        available: answer !== null,
        confirm: async (question: string, byDefault: boolean) => {
          asked.push([question, byDefault]);
          return answer;
        },
      },
      reporter: {
        note: (text: string) => shown.push(text),
        pausedFor: (work: () => unknown) => work(),
      },
    },
  } as unknown as PublishJob;
  const report = { done: (text: string) => done.push(text) } as never;
  const error: unknown = await merge
    .run(job, report, async () => undefined)
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  return { asked, shown, done, error };
}

describe('pairs leave the dataset only when somebody agrees', () => {
  test('in a terminal it asks, and No is the default', async () => {
    const { asked, shown, done } = await run(removal(2), true);
    expect(asked).toEqual([['Take 2 pairs out of the dataset?', false]]);
    expect(shown).toEqual(['  m10', '  m11']);
    expect(done).toEqual(['Existing: 12, New: 0, Replaced: 0, Removed: 2, Total: 10']);
  });

  test('one pair is named in the question, of many the first ten are shown', async () => {
    expect((await run(removal(1), true)).asked).toEqual([['Take m10 out of the dataset?', false]]);
    const { shown } = await run(removal(12), true);
    expect([shown.length, shown.at(-1)]).toEqual([11, '  … and 2 more']);
  });

  test.each([false, null])('not without consent (answer: %s)', async (answer) => {
    const { done, error } = await run(removal(2), answer);
    expect(error).toMatchObject({ kind: 'publish/would-remove', code: 2, why: 'm10\nm11' });
    expect(done).toEqual([]);
  });

  test('consent beforehand: nothing is asked', async () => {
    const { asked, done } = await run(removal(2), null, true);
    expect(asked).toEqual([]);
    expect(done).toHaveLength(1);
  });
});
