import type { ThreadPool } from './ports/thread-pool.js';

/** Waking a thread takes as long as writing a small file. */
const JOBS_PER_MESSAGE = 12;
const LONGEST_WAIT_MS = 8;

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly transfer: readonly ArrayBuffer[];
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Gives jobs to threads some at a time. One that fails fails those that went with it. */
export class Gathering<Job, Result> {
  #waiting: Waiting<Job, Result>[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly threads: ThreadPool<readonly Job[], readonly Result[]>) {}

  /** As `ThreadPool.run`; all jobs come with the same signal. */
  run(job: Job, signal: AbortSignal, transfer: readonly ArrayBuffer[] = []): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, transfer, resolve, reject });
      if (this.#waiting.length === JOBS_PER_MESSAGE) this.#send(signal);
      else this.#timer ??= setTimeout(() => this.#send(signal), LONGEST_WAIT_MS);
    });
  }

  /** Call when nothing is running any more. */
  close(): Promise<void> {
    return this.threads.close();
  }

  #send(signal: AbortSignal): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const sent = this.#waiting;
    this.#waiting = [];
    const jobs = sent.map(({ job }) => job);
    const transfer = sent.flatMap((waiting) => waiting.transfer);
    this.threads
      .run(jobs, signal, transfer)
      .then((results) => {
        for (const [index, result] of results.entries()) sent[index]?.resolve(result);
      })
      .catch((error: unknown) => {
        for (const { reject } of sent) reject(error);
      });
  }
}
