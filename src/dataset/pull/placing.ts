import type { ThreadPool } from '../../ports/thread-pool.js';
import type { DatasetTools } from '../tools.js';
import { type PlacingJob, type PlacingResult, type PlacingStart, startPlacing } from './place-objects.js';

export type Placing = ThreadPool<PlacingJob, PlacingResult | null>;

export interface PullTools extends DatasetTools {
  /** Threads of `startPlacing`. */
  openPlacing(start: PlacingStart): Promise<Placing>;
}

/** Starting threads takes as long as placing so many files. */
const FEW_FILES = 100;

/** Whoever writes many files to the disk, and is not kept from the network by it. */
export async function openPlacing(tools: PullTools, files: number, start: PlacingStart): Promise<Placing> {
  return files < FEW_FILES ? placeHere(start) : tools.openPlacing(start);
}

async function placeHere(start: PlacingStart): Promise<Placing> {
  const work = await startPlacing(start);
  return {
    ready: 1,
    async run(job, signal) {
      signal.throwIfAborted();
      return work(job);
    },
    close: async () => undefined,
  };
}
