import { EXIT, isWmsError } from '../errors.js';
import type { StepReport } from '../ports/reporter.js';
import type { PublishJob } from './job.js';

export interface Step {
  readonly title: string;
  /** Titles of the steps that must have ended well. The others run at the same time. */
  readonly needs: readonly string[];
  /** `after` waits, in the middle of the work, for a step that stands earlier in the list. */
  run(job: PublishJob, report: StepReport, after: (title: string) => Promise<void>): Promise<void>;
}

/**
 * Runs steps as soon as what they need is there. When one fails, the others are told to stop, and the failure that
 * stands first in the list is thrown: it explains the ones behind it.
 */
export async function runSteps(
  steps: readonly Step[],
  job: PublishJob,
  stop: AbortController,
): Promise<void> {
  const running = new Map<string, Promise<void>>();
  const failures = new Map<Step, unknown>();
  for (const step of steps) {
    const report = job.tools.reporter.step(step.title);
    const after = async (title: string): Promise<void> => running.get(title);
    const run = async (): Promise<void> => {
      await Promise.all(step.needs.map(after));
      await step.run(job, report, after);
    };
    running.set(
      step.title,
      run().catch((error: unknown) => {
        const consequence = stop.signal.aborted && !isWmsError(error);
        if (!consequence && !(error instanceof Skipped)) {
          failures.set(step, error);
          const nothingToDo = isWmsError(error) && error.code === EXIT.published;
          if (nothingToDo) report.skipped('nothing new');
          else report.failed('');
          stop.abort();
        }
        throw new Skipped();
      }),
    );
  }
  await Promise.allSettled(running.values());
  const first = steps.find((step) => failures.has(step));
  if (first !== undefined) throw failures.get(first);
}

/** What waits on a failed step ends with this, silently. */
class Skipped extends Error {}
