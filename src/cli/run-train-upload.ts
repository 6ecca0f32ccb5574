import { resolve } from 'node:path';
import { openRepository, openTracking, requireConfig, trackingNotConfigured } from '../compose.js';
import { EXIT, WmsError } from '../errors.js';
import { readStatus, writeStatus } from '../training/status.js';
import { uploadRun } from '../training/upload.js';

/** Throws WmsError `train/no-run` (exit code 2), and what the server throws. */
export async function runTrainUpload(directory: string): Promise<void> {
  const server = await openTracking(await requireConfig(await openRepository(process.cwd())));
  if (server === null) throw trackingNotConfigured();
  const place = resolve(directory);
  const status = await readStatus(place);
  const runId = status?.tracking?.runId;
  if (status?.outcome !== 'finished' || status.result === null || runId === undefined || runId === null) {
    throw new WmsError({
      kind: 'train/no-run',
      code: EXIT.usage,
      what: `${place} holds no finished run that was tracked.`,
      why: status === null ? 'There is no wms-status.json.' : `Its wms-status.json says: ${status.outcome}.`,
      next: 'ls runs/*/wms-status.json',
    });
  }
  const here = { ...status, directory: place };
  await uploadRun(server, runId, here, { now: () => new Date() });
  await writeStatus({ ...here, result: { ...status.result, isUploaded: true } });
  process.stderr.write(`Model, split and log are with the run ${runId} on ${server.url}.\n`);
}
