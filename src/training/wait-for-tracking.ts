import { isWmsError, retold, type WmsError } from '../errors.js';
import type { Timing } from '../ports/timing.js';
import type { TrackingServer } from '../ports/tracking-server.js';

/** Pauses between five attempts, milliseconds: servers that sleep take up to half a minute to wake. */
const PAUSES = [10_000, 20_000, 30_000, 40_000] as const;
/** What passes without anybody doing anything. */
const PASSING = ['tracking/unreachable', 'tracking/interrupted', 'tracking/busy', 'tracking/server-error'];

export interface WaitOptions {
  readonly timing: Timing;
  /** Told before each pause. */
  readonly onPause?: (failed: { attempt: number; attempts: number; pause: number; error: WmsError }) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves to the number of the attempt that found the server healthy. Throws what the last one failed with. */
export async function waitForTracking(server: TrackingServer, options: WaitOptions): Promise<number> {
  const { timing, onPause, signal } = options;
  const attempts = PAUSES.length + 1;
  const start = timing.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await server.checkHealth(signal);
      return attempt;
    } catch (error) {
      if (!isWmsError(error) || !PASSING.includes(error.kind)) throw error;
      const pause = PAUSES[attempt - 1];
      if (pause === undefined) throw afterAll(error, attempts, timing.now() - start);
      onPause?.({ attempt, attempts, pause, error });
      await timing.sleep(pause, signal);
    }
  }
}

function afterAll(error: WmsError, attempts: number, milliseconds: number): WmsError {
  const tried = `Tried ${attempts} times in ${Math.round(milliseconds / 1000)} s.`;
  return retold(error, { why: error.why === undefined ? tried : `${error.why}\n${tried}` });
}
