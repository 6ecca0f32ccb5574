import { EXIT, isWmsError, WmsError } from '../../errors.js';
import { enlargeMask } from '../../model/inference/enlarge.js';
import { type ModelFiles, type OpenModel, openModel } from '../../model/inference/open-model.js';
import { inputPixels } from '../../model/inference/prepare-pair.js';
import { overlap } from '../../model/metrics.js';
import type { TestPair } from '../../model/scores/test-pair.js';
import { decodeMask, decodeRgb } from '../../pictures/pixels.js';
import type { StepReport } from '../../ports/reporter.js';
import { pickSmokeSample } from '../../quality/smoke.js';
import { type RunningServer, startServer } from '../../serve/server.js';
import { showPath } from '../../show-path.js';
import { datasetTestPairs } from '../../training/data/test-pairs.js';
import { count } from '../../words.js';
import type { TrainingRecord } from '../record.js';
import type { CiTools } from '../tools.js';

const PHOTOS = 4;
const LIMIT_MS = 120_000;
/** IoU. Not 1: threads add up in another order, so that a pixel right at the threshold may fall on the other side. */
const SAME = 0.99;

/**
 * Serves the model as `wms serve` does, on this machine, and lets it predict photos of the test split over HTTP: it must
 * answer the masks that the gate has judged. Throws WmsError `ci/deployment-failed` (exit code 2), and what opening a
 * model throws.
 */
export async function tryDeployment(tools: CiTools, { version, tip }: TrainingRecord): Promise<void> {
  const report = tools.reporter.step('Deployment');
  const limit = AbortSignal.timeout(LIMIT_MS);
  const closing: (() => Promise<void>)[] = [];
  try {
    const files = { path: `version ${version}`, ...(await (await tools.openRegistry()).load(version)) };
    const photos = await somePhotos(tools, tip, report);
    report.progress('starting the server');
    const server = await start(tools, files, version, limit);
    closing.push(() => server.stop());
    const judged = await openModel(tools.runner, files);
    closing.push(() => judged.close());
    for (const { relpath, read } of photos) {
      report.progress(showPath(relpath));
      const { image } = await read();
      const body = await predictOverHttp(tools, server.url, image, limit);
      const iou = await likeness(judged, relpath, image, body);
      if (iou < SAME)
        throw new Error(
          `The mask of ${showPath(relpath)} is another than the one that the gate has judged: IoU ${iou.toFixed(3)}, at least ${SAME} expected.`,
        );
    }
    report.done(`${count(photos.length, 'photo')} over HTTP: the masks that the gate has judged`);
  } catch (error) {
    report.failed(`version ${version}`);
    throw isWmsError(error) ? error : failed(version, limit, error as Error);
  } finally {
    for (const close of closing) await close();
  }
}

async function somePhotos(tools: CiTools, tip: string, report: StepReport): Promise<TestPair[]> {
  const pairs = await datasetTestPairs(tools, tip, report);
  const names = new Set(
    pickSmokeSample(
      pairs.map(({ relpath }) => relpath),
      PHOTOS,
    ),
  );
  return pairs.filter(({ relpath }) => names.has(relpath));
}

async function start(
  tools: CiTools,
  { path, model, facts }: ModelFiles,
  version: string,
  limit: AbortSignal,
): Promise<RunningServer> {
  const serving = await tools.openServing();
  const starting = startServer(serving, {
    variants: [{ name: 'candidate', weight: 1, version, source: path, model, facts }],
    host: '127.0.0.1',
    port: 0,
    limits: { ...tools.config.serve, workers: 1 },
  });
  const ended = new Promise<never>((_, reject) => {
    limit.addEventListener('abort', () => reject(limit.reason), { once: true });
  });
  return Promise.race([starting, ended]).catch((error: unknown) => {
    // One that comes up after all must not keep this program alive.
    void starting.then(
      (late) => late.stop(),
      () => undefined,
    );
    throw error;
  });
}

async function predictOverHttp(
  { post }: CiTools,
  url: string,
  body: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  const answer = await post({ url: `${url}/predict`, body, type: 'application/octet-stream', signal });
  if (answer.status === 200) return answer.body;
  throw new Error(`It answered ${answer.status}: ${answer.body.toString().slice(0, 300)}`);
}

/** IoU of the mask that was answered with that of the model, at the photo's size. */
async function likeness(model: OpenModel, name: string, image: Buffer, answer: Buffer): Promise<number> {
  const { facts, size } = model;
  const [photo, mask] = await Promise.all([decodeRgb(image), decodeMask(answer)]);
  if (photo.width !== mask.width || photo.height !== mask.height) return 0;
  const found = await model.predict(name, inputPixels(photo, facts, size.input));
  const wanted = enlargeMask(found, size.output, photo, facts.output);
  return overlap(
    Uint8Array.from(mask.data, (value) => (value > 0 ? 1 : 0)),
    wanted,
  ).iou;
}

function failed(version: string, limit: AbortSignal, { message }: Error): WmsError {
  return new WmsError({
    kind: 'ci/deployment-failed',
    code: EXIT.usage,
    what: `Version ${version} passes the gate, but does not work as a server. Nothing was promoted or merged.`,
    why: limit.aborted ? `It took more than ${LIMIT_MS / 60_000} minutes.` : message,
    next: `See for yourself: npx wms serve --model ${version}`,
  });
}
