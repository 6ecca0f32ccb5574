import type { CommandEnd, RunningCommand } from '../../ports/command-runner.js';
import type { Timing } from '../../ports/timing.js';
import type { Alarm, Watchdog } from '../watchdog.pure.js';

/** Between two looks around, milliseconds. */
const LONGEST_TICK = 30_000;

export interface Supervision {
  readonly timing: Timing;
  readonly watchdog: Watchdog;
  /** Aborted when somebody asks this program to end, with a reason that tells the signal. */
  readonly signal: AbortSignal;
  readonly stopWith: () => NodeJS.Signals;
  /** Whether there is a metric that was not there at the last look; also the moment for signs of life. */
  readonly lookAround: () => Promise<boolean>;
}

export interface Supervised {
  readonly end: CommandEnd;
  readonly alarm: Alarm | null;
  /** As they were when the alarm went off. */
  readonly processes: readonly string[];
}

/** Waits until a command has ended, and ends it when it hangs, takes too long, or is asked to. Throws what `ended` throws. */
export async function supervise(running: RunningCommand, supervision: Supervision): Promise<Supervised> {
  const { timing, watchdog, signal, stopWith, lookAround } = supervision;
  const over = new AbortController();
  const ended = running.ended.finally(() => over.abort());
  // Somebody waits for it below, perhaps later.
  ended.catch(() => undefined);
  const stop = () => running.stop(stopWith());
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  let alarm: Alarm | null = null;
  let processes: string[] = [];
  try {
    while (!over.signal.aborted && !signal.aborted && alarm === null) {
      await timing
        .sleep(Math.min(LONGEST_TICK, watchdog.rest(timing.now())), over.signal)
        .catch(() => undefined);
      if (over.signal.aborted) break;
      if (await lookAround()) watchdog.sign(timing.now());
      alarm = watchdog.alarm(timing.now());
    }
    if (alarm !== null) {
      processes = await running.processes();
      running.stop('SIGTERM');
    }
    return { end: await ended, alarm, processes };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
