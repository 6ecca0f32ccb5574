import type { StepReport } from '../ports/reporter.js';
import type { CloudTools } from './tools.js';

/** What the engine says while `work` lasts is the step's progress. */
export async function telling<T>(
  { hear }: Pick<CloudTools, 'hear'>,
  step: StepReport,
  work: () => Promise<T>,
): Promise<T> {
  hear?.((line) => step.progress(line));
  try {
    return await work();
  } finally {
    hear?.(() => undefined);
  }
}
