import { type OpenModel, openModel } from '../model/inference/open-model.js';
import type { ModelRunner } from '../ports/model-runner.js';
import type { Work } from '../ports/thread-pool.js';
import { inferTensors } from './infer.js';
import type { Job, JobResult, ServedModel, ThreadStart } from './jobs.js';
import { predictMask } from './predict.js';

/** What a thread does: opens all models, runs each once on a grey image, then does jobs. */
export async function startWork(
  runner: ModelRunner,
  { models, maxPixels }: ThreadStart,
): Promise<Work<Job, JobResult>> {
  const open = new Map<string, { readonly model: OpenModel; readonly served: ServedModel }>();
  for (const served of models) {
    const { name, source, model, facts } = served;
    const opened = await openModel(runner, { path: source, model: Buffer.from(model), facts });
    const { width, height } = opened.size.input;
    await opened.predict('the warm-up image', new Uint8ClampedArray(width * height * 3).fill(127));
    open.set(name, { model: opened, served });
  }
  return async (job) => {
    const found = open.get(job.variant);
    if (found === undefined) throw new Error(`no model ${job.variant}`);
    return 'photo' in job
      ? predictMask(found.model, bufferOf(job.photo), maxPixels)
      : inferTensors(found.model, found.served, bufferOf(job.request));
  };
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
