import { isWmsError } from '../errors.js';
import type { OpenModel } from '../model/inference/open-model.js';
import type { TensorResult } from './jobs.js';
import { badRequest, readTensorRequest } from './tensor-request.pure.js';

/**
 * Answers a request of the Open Inference Protocol with what the model itself answers: whoever asks so prepares images
 * and reads masks alone. Throws WmsError `serve/bad-request` (exit code 2).
 */
export async function inferTensors(
  model: OpenModel,
  { name, version }: { readonly name: string; readonly version: string },
  request: Buffer,
): Promise<TensorResult> {
  const { input, output } = model.tensors;
  const { id, tensor } = readTensorRequest(request.toString(), input, output);
  const answer = await model.infer(tensor).catch((error: unknown) => {
    // Any size fits a shape that is open; what the model makes of it is the asker's business.
    throw isWmsError(error, 'model/inference-failed') ? badRequest(error.why ?? error.message) : error;
  });
  const { shape, data } = answer;
  const outputs = [{ name: output.name, shape, datatype: 'FP32', data: Array.from(data) }];
  return { answer: Buffer.from(JSON.stringify({ id, model_name: name, model_version: version, outputs })) };
}
