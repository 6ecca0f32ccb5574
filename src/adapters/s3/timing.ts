import { setTimeout as wait } from 'node:timers/promises';

/** Time and chance, so that tests need neither. */
export interface Timing {
  /** Milliseconds. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

export const realTiming: Timing = {
  now: () => performance.now(),
  async sleep(milliseconds, signal) {
    await wait(milliseconds, undefined, { signal }).catch(() => signal?.throwIfAborted());
  },
  random: Math.random,
};
