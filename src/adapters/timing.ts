import { setTimeout as wait } from 'node:timers/promises';
import type { Timing } from '../ports/timing.js';

export const realTiming: Timing = {
  now: () => performance.now(),
  async sleep(milliseconds, signal) {
    await wait(milliseconds, undefined, { signal }).catch(() => signal?.throwIfAborted());
  },
  random: Math.random,
};
