import { Gathering } from '../../gathering.js';
import type { ThreadPool } from '../../ports/thread-pool.js';
import type { DatasetTools } from '../tools.js';
import { type PlacingJob, type PlacingResult, type PlacingStart, startPlacing } from './place-objects.js';

type PlacingThreads = ThreadPool<readonly PlacingJob[], readonly (PlacingResult | null)[]>;

export interface PullTools extends DatasetTools {
  /** Threads of `startPlacing`, which take some jobs at a time: one for each core that has nothing else to do. */
  openPlacing(start: PlacingStart, busyCores: number): Promise<PlacingThreads>;
}

export type Placing = Pick<Gathering<PlacingJob, PlacingResult | null>, 'run' | 'close'>;

/** Starting threads takes as long as placing so many files. */
const FEW_FILES = 100;

/** Whoever writes many files to the disk, and is not kept from the network by it. */
export async function openPlacing(
  tools: PullTools,
  files: number,
  start: PlacingStart,
  hasCache: boolean,
): Promise<Placing> {
  if (files < FEW_FILES) return placeHere(start);
  // Without a cache everything comes over the network, which keeps one core busy.
  return new Gathering(await tools.openPlacing(start, hasCache ? 0 : 1));
}

function placeHere(start: PlacingStart): Placing {
  const place = startPlacing(start);
  return {
    async run(job, signal) {
      signal.throwIfAborted();
      return place(job);
    },
    close: async () => undefined,
  };
}
