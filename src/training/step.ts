import type { StepReport } from '../ports/reporter.js';
import type { TrainJob } from './job.js';

export interface Step {
  /** For people, and the stage of the status file. */
  readonly title: string;
  run(job: TrainJob, report: StepReport): Promise<void>;
}
