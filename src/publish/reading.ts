import { Gathering } from '../gathering.js';
import type { ThreadPool } from '../ports/thread-pool.js';
import { type FileToRead, readIfSame } from './read-if-same.js';

export type ReadingThreads = ThreadPool<readonly FileToRead[], readonly (Uint8Array | null)[]>;

/** Starting a thread takes as long as reading so many files. */
const FEW_FILES = 100;

/** Reads files for an upload; many of them on a thread, so that hashing does not keep the network waiting. */
export class Reading {
  #threads: Gathering<FileToRead, Uint8Array | null> | undefined;
  readonly #opening: Promise<void>;

  constructor(files: number, open: () => Promise<ReadingThreads>) {
    const opening = async () => {
      if (files >= FEW_FILES) this.#threads = new Gathering(await open());
    };
    this.#opening = opening();
    this.#opening.catch(() => undefined);
  }

  /** As `readIfSame`; until the thread has started, here. */
  async run(file: FileToRead, signal: AbortSignal): Promise<Buffer | null> {
    signal.throwIfAborted();
    const bytes = this.#threads === undefined ? readIfSame(file) : await this.#threads.run(file, signal);
    return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Call when nothing is running any more. Rejects with what the thread's start threw. */
  async close(): Promise<void> {
    await this.#opening;
    await this.#threads?.close();
  }
}
