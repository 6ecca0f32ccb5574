import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.js';
import type { TrackingServer } from '../ports/tracking-server.js';
import { FACTS, METRICS, MODEL } from './outputs.js';
import type { TrainStatus } from './status.js';

const ARTIFACTS = [MODEL, FACTS, METRICS, 'split.json', 'train.log'];

/** Sends what a finished run left to its tracking server, and ends the run there. Again does no harm. */
export async function uploadRun(
  server: TrackingServer,
  runId: string,
  { directory, result, split }: TrainStatus,
  clock: Clock,
): Promise<void> {
  for (const name of ARTIFACTS) {
    const bytes = await readFile(join(directory, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (bytes !== null) await server.uploadArtifact(runId, name, bytes);
  }
  const at = clock.now().getTime();
  if (result?.scores) {
    const { dice, iou } = result.scores;
    await server.logMetrics(runId, [
      { name: 'wms.dice', value: dice, step: 0, at },
      { name: 'wms.iou', value: iou, step: 0, at },
    ]);
  }
  if (result !== null && split !== null) {
    await server.setTags(runId, { 'wms.model': result.model, 'wms.testSplit': split.testHash });
  }
  await server.endRun(runId, 'FINISHED', at);
}
