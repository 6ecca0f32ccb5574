import { EXIT, WmsError } from '../errors.js';
import type { HttpAnswer, HttpRequest, Route } from '../ports/http-server.js';
import type { TensorInfo } from '../ports/model-runner.js';
import { admit, notReady } from './admit.js';
import { json } from './answers.js';
import type { Serving, Variant } from './serving.js';

const MODEL = '/v2/models/:model';

/**
 * Open Inference Protocol, version 2, over HTTP: https://github.com/open-inference/open-inference-protocol. A served model
 * goes by its variant's name.
 */
export function protocolRoutes(serving: Serving, wmsVersion: string): Route[] {
  const { isReady } = serving;
  const ready = (name: string | null) =>
    json({ ...(name && { name }), ready: isReady() }, isReady() ? 200 : 503);
  const ofModel = (path: string) => [`${MODEL}${path}`, `${MODEL}/versions/:version${path}`];
  return [
    {
      method: 'GET',
      path: '/v2',
      handle: () => json({ name: 'wms-hooks', version: wmsVersion, extensions: [] }),
    },
    { method: 'GET', path: '/v2/health/live', handle: () => json({ live: true }) },
    { method: 'GET', path: '/v2/health/ready', handle: () => ready(null) },
    ...ofModel('').map((path) => get(path, (request) => metadata(serving, modelOf(serving, request)))),
    ...ofModel('/ready').map((path) => get(path, (request) => ready(modelOf(serving, request).name))),
    ...ofModel('/infer').map(
      (path): Route => ({
        method: 'POST',
        path,
        admit: () => admit(serving),
        handle: (request) => infer(serving, request),
      }),
    ),
  ];
}

function get(path: string, handle: Route['handle']): Route {
  return { method: 'GET', path, handle };
}

async function infer(serving: Serving, request: HttpRequest): Promise<HttpAnswer> {
  const variant = modelOf(serving, request);
  const job = { variant: variant.name, request: request.body };
  const { answer } = await serving.metrics.during(variant, () => serving.infer(job, request.signal));
  return { status: 200, type: 'application/json; charset=utf-8', body: answer };
}

function modelOf({ variants }: Serving, { parameters }: HttpRequest): Variant {
  const { model = '', version } = parameters;
  const found = variants.find(({ name }) => name === model);
  if (found !== undefined && (version === undefined || version === found.version)) return found;
  throw new WmsError({
    kind: 'serve/no-such-model',
    code: EXIT.usage,
    what: version === undefined ? `There is no model ${model}` : `There is no version ${version} of ${model}`,
    why: `this server has ${variants.map((each) => `${each.name} (version ${each.version})`).join(', ')}`,
  });
}

function metadata(serving: Serving, { name, version }: Variant): HttpAnswer {
  const tensors = serving.tensorsOf(name);
  if (tensors === null) return notReady(serving);
  const shown = (info: TensorInfo) => ({
    name: info.name,
    datatype: 'FP32',
    shape: info.shape.map((size) => (typeof size === 'string' ? -1 : size)),
  });
  const both = { inputs: [shown(tensors.input)], outputs: [shown(tensors.output)] };
  return json({ name, versions: [version], platform: 'onnxruntime_onnx', ...both });
}
