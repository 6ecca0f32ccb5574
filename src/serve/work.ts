import { type OpenModel, openModel } from '../model/inference/open-model.js';
import type { ModelRunner } from '../ports/model-runner.js';
import type { Work } from '../ports/thread-pool.js';
import type { Job, JobResult, ThreadStart } from './jobs.js';
import { predictMask } from './predict.js';

/** What a thread does: opens all models, runs each once on a grey image, then does jobs. */
export async function startWork(
  runner: ModelRunner,
  { models, maxPixels }: ThreadStart,
): Promise<Work<Job, JobResult>> {
  const open = new Map<string, OpenModel>();
  for (const { name, source, model, facts } of models) {
    const opened = await openModel(runner, { path: source, model: Buffer.from(model), facts });
    const { width, height } = opened.size.input;
    await opened.predict('the warm-up image', new Uint8ClampedArray(width * height * 3).fill(127));
    open.set(name, opened);
  }
  return ({ variant, photo }) => {
    const model = open.get(variant);
    if (model === undefined) throw new Error(`no model ${variant}`);
    return predictMask(model, Buffer.from(photo.buffer, photo.byteOffset, photo.length), maxPixels);
  };
}
