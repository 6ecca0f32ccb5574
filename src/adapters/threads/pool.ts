import { setMaxListeners } from 'node:events';
import type { ThreadPool } from '../../ports/thread-pool.js';
import { Thread } from './thread.js';

export interface PoolOptions {
  /** What a thread runs: a built module that calls `workInThread`. */
  readonly program: URL;
  /** What each thread is started with. */
  readonly data: unknown;
  readonly threads: number;
  /** Jobs that one thread takes at a time: it waits for its model during one of them. */
  readonly jobsPerThread: number;
  /** A job that takes longer is given up, with its thread. */
  readonly limitMs: number;
}

interface Waiting {
  start(thread: Thread): void;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** Resolves when every thread has started. Rejects with the WmsError that one's start threw. */
export async function openThreadPool<Job, Result>(options: PoolOptions): Promise<ThreadPool<Job, Result>> {
  const pool = new Pool(options);
  try {
    await Promise.all(Array.from({ length: options.threads }, () => pool.add()));
  } catch (error) {
    await pool.close();
    throw error;
  }
  return pool as ThreadPool<Job, Result>;
}

class Pool implements ThreadPool<unknown, unknown> {
  readonly #all = new Set<Thread>();
  readonly #ready = new Set<Thread>();
  readonly #waiting: Waiting[] = [];
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: PoolOptions) {}

  get ready(): number {
    return this.#ready.size;
  }

  async add(): Promise<void> {
    const thread = new Thread(this.options.program, this.options.data, this.options.limitMs);
    this.#all.add(thread);
    void thread.ended.then(() => {
      this.#all.delete(thread);
      if (this.#ready.delete(thread)) this.#replace(FIRST_PAUSE_MS);
    });
    await thread.started;
    this.#ready.add(thread);
    this.#next();
  }

  run(job: unknown, signal: AbortSignal, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: (thread) => {
          signal.removeEventListener('abort', giveUp);
          thread
            .run(job, transfer)
            .then(resolve, reject)
            .finally(() => this.#next());
        },
      };
      const giveUp = () => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      if (signal.aborted) return giveUp();
      // One signal may stop all that wait; Node takes more than ten listeners for a leak and prints a warning.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const threads = [...this.#all];
    this.#ready.clear();
    for (const thread of threads) thread.end();
    await Promise.all(threads.map(({ ended }) => ended));
  }

  #next(): void {
    const free = [...this.#ready]
      .filter(({ busy }) => busy < this.options.jobsPerThread)
      .sort((a, b) => a.busy - b.busy)[0];
    if (free === undefined) return;
    this.#waiting.shift()?.start(free);
  }

  #replace(pauseMs: number): void {
    if (this.#closed) return;
    this.add().catch(() => {
      if (this.#closed) return;
      this.#retry = setTimeout(() => this.#replace(Math.min(pauseMs * 2, LONGEST_PAUSE_MS)), pauseMs);
    });
  }
}
