import type { TrackedRun, TrackingServer } from '../ports/tracking-server.js';

/** Tags of every run that we start. */
export const TAGS = {
  /** Always `wms train`. */
  by: 'wms.by',
  /** Run key: equal for the same command, code, data and settings. */
  runKey: 'wms.runKey',
  /** Milliseconds since 1970, renewed while the command runs. */
  alive: 'wms.alive',
} as const;
export const BY = 'wms train';

/** Between two signs of life, milliseconds. */
export const ALIVE_EVERY = 5 * 60_000;
const STALE = 6 * ALIVE_EVERY;

/** Our runs that nobody has ended, and whose `wms train` gives no sign of life: killed, or its machine is gone. */
export async function staleRuns(
  server: TrackingServer,
  experimentId: string,
  now: Date,
): Promise<TrackedRun[]> {
  const running = await server.findRuns({ experimentId, status: 'RUNNING', tags: { [TAGS.by]: BY } });
  return running.filter((run) => lastSign(run) < now.getTime() - STALE);
}

/** Closes them as KILLED. */
export async function closeStaleRuns(
  server: TrackingServer,
  experimentId: string,
  now: Date,
): Promise<TrackedRun[]> {
  const stale = await staleRuns(server, experimentId, now);
  for (const { id } of stale) await server.endRun(id, 'KILLED', now.getTime());
  return stale;
}

function lastSign({ startedAt, tags, metrics }: TrackedRun): number {
  const alive = Number(tags[TAGS.alive] ?? 0);
  return Math.max(startedAt, alive, ...Object.values(metrics).map(({ at }) => at));
}
