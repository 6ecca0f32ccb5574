import { Worker } from 'node:worker_threads';
import { EXIT, untellError, WmsError } from '../../errors.js';
import type { FromThread, ToThread } from './messages.js';

interface Call {
  resolve(result: unknown): void;
  reject(error: WmsError): void;
  readonly timer: NodeJS.Timeout;
}

/** One thread of a pool. */
export class Thread {
  readonly #worker: Worker;
  readonly #calls = new Map<number, Call>();
  #last = 0;
  /** Resolves when it can work; rejects with what its start threw. */
  readonly started: Promise<void>;
  readonly ended: Promise<void>;

  constructor(
    program: URL,
    data: unknown,
    private readonly limitMs: number,
  ) {
    this.#worker = new Worker(program, { workerData: data });
    this.started = new Promise((resolve, reject) => {
      const give = (reason: string) => {
        const error = threadEnded(reason);
        reject(error);
        for (const [id] of this.#calls) this.#settle(id)?.reject(error);
      };
      this.#worker.once('error', (error) => give(error.message));
      this.#worker.once('exit', () => give('it ended on its own'));
      this.#worker.on('message', (message: FromThread) => {
        if (message.kind === 'ready') return resolve();
        if (message.kind === 'failed') {
          reject(untellError(message.error));
          return this.end();
        }
        const call = this.#settle(message.id);
        if (message.kind === 'done') return call?.resolve(message.result);
        call?.reject(untellError(message.error));
        if (message.sick) this.end();
      });
    });
    this.started.catch(() => undefined);
    this.ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
  }

  /** Jobs that it works on. */
  get busy(): number {
    return this.#calls.size;
  }

  run(job: unknown, transfer: readonly ArrayBuffer[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      const timer = setTimeout(() => this.end(), this.limitMs);
      this.#calls.set(id, { resolve, reject, timer });
      this.#worker.postMessage({ id, job } satisfies ToThread, transfer);
    });
  }

  /** At once; what it works on is refused. */
  end(): void {
    void this.#worker.terminate();
  }

  #settle(id: number): Call | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    clearTimeout(call?.timer);
    return call;
  }
}

function threadEnded(why: string): WmsError {
  return new WmsError({
    kind: 'thread/ended',
    code: EXIT.bug,
    what: 'The thread that did this has ended',
    why,
    next: 'Try again: another thread takes its place.',
  });
}
