import type { Timing } from '../../src/ports/timing.js';

/** Time that passes only in pauses, and without waiting. */
export class FakeTiming implements Timing {
  readonly pauses: number[] = [];
  onSleep: (() => void) | undefined;
  private time = 0;

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.pauses.push(milliseconds);
    this.time += milliseconds;
    this.onSleep?.();
    signal?.throwIfAborted();
  }

  random(): number {
    return 0.5;
  }
}
