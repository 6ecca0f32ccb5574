/**
 * Threads that all do the same kind of work. One whose work fails with `sick` set, takes too long, or ends on its own is
 * replaced by a new one; work that was on it is refused.
 */
export interface ThreadPool<Job, Result> {
  /** How many can work at this moment. */
  readonly ready: number;
  /**
   * Memory in `transfer` is given away: it is empty here afterwards. Rejects with WmsError: what the work threw, or
   * `thread/ended` (exit code 70).
   */
  run(job: Job, signal: AbortSignal, transfer?: readonly ArrayBuffer[]): Promise<Result>;
  /** Call when nothing is running any more. */
  close(): Promise<void>;
}

/** Of a thread's program: does one job. */
export type Work<Job, Result> = (job: Job) => Promise<Result>;
