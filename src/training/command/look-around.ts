import type { Timing } from '../../ports/timing.js';
import type { TrackedRun, TrackingServer } from '../../ports/tracking-server.js';
import { ALIVE_EVERY, TAGS } from '../stale-runs.js';

/** Between two questions to the server, milliseconds. */
const ASK_EVERY = 30_000;

/**
 * A function that tells whether the run has a metric that it had not when last asked, and says on the server that we
 * live. A server that does not answer now says nothing about the command: training goes on.
 */
export function runWatcher(
  server: TrackingServer,
  run: TrackedRun,
  timing: Timing,
  now: () => Date,
): () => Promise<boolean> {
  let newest = newestMetric(run);
  let asked = timing.now();
  let told = timing.now();
  return async () => {
    const time = timing.now();
    if (time - told >= ALIVE_EVERY) {
      told = time;
      await server.setTags(run.id, { [TAGS.alive]: String(now().getTime()) }).catch(() => undefined);
    }
    if (time - asked < ASK_EVERY) return false;
    asked = time;
    const current = await server.readRun(run.id).catch(() => null);
    const latest = current === null ? newest : newestMetric(current);
    const isNew = latest > newest;
    newest = latest;
    return isNew;
  };
}

function newestMetric({ metrics }: TrackedRun): number {
  return Math.max(0, ...Object.values(metrics).map(({ at }) => at));
}
