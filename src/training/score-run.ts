import { type ModelFiles, openModel } from '../model/inference/open-model.js';
import { mean } from '../model/metrics.js';
import { scoreModels } from '../model/scores/score-models.js';
import { splitHash } from '../model/split-hash.pure.js';
import { found, type TrainJob } from './job.js';
import type { TrainStatus } from './status.js';

type Scores = NonNullable<TrainStatus['result']>['scores'];

/** Our own scores of a run's model on the run's test images, at the masks' own size; null when there are none. */
export async function scoreRun(
  job: TrainJob,
  files: ModelFiles,
  onProgress: (done: number, of: number) => void,
): Promise<Scores> {
  const pairs = found(job, 'testPairs');
  if (pairs.length === 0) return null;
  const source = found(job, 'source');
  const testPairs = pairs.map(({ relpath, image, maskPath, mask }) => ({
    relpath,
    image,
    mask,
    read: async () => ({
      image: await source.read('images', { relpath, md5: image }, job.signal),
      mask: await source.read('masks', { relpath: maskPath, md5: mask }, job.signal),
    }),
  }));
  const model = await openModel(job.tools.runner, files);
  try {
    const scored = await scoreModels([model], testPairs, (done, of) => {
      job.signal.throwIfAborted();
      onProgress(done, of);
    });
    const native = scored.flatMap(({ scores }) => scores.map((score) => score.native));
    return {
      dice: mean(native.map(({ dice }) => dice)),
      iou: mean(native.map(({ iou }) => iou)),
      images: pairs.length,
      testSplit: splitHash(pairs),
    };
  } finally {
    await model.close();
  }
}
