import type { Described, Operation, Parameter, Paths } from './document.js';
import { BUSY, failure, jsonOf } from './schemas.pure.js';

/** Paths of the Open Inference Protocol. Models can be named with their version and without. */
export function protocolPaths({ variants }: Described): Paths {
  const parameter = (name: string, description: string, values: readonly string[]): Parameter => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', enum: [...new Set(values)] },
  });
  const model = parameter(
    'model',
    'The variant',
    variants.map(({ name }) => name),
  );
  const version = parameter(
    'version',
    'Its version: no other is served',
    variants.map((each) => each.version),
  );
  const both = (path: string, method: 'get' | 'post', operation: Operation): Paths => ({
    [`/v2/models/{model}${path}`]: { [method]: { ...operation, parameters: [model] } },
    [`/v2/models/{model}/versions/{version}${path}`]: {
      [method]: {
        ...operation,
        operationId: `${operation.operationId}Version`,
        parameters: [model, version],
      },
    },
  });
  const NO_MODEL = failure('There is no such model, or not in this version');
  return {
    '/v2/health/live': {
      get: {
        operationId: 'isLive',
        tags: ['Health and numbers'],
        summary: 'Whether the server listens',
        responses: { 200: { description: 'Yes', content: jsonOf('Live') } },
      },
    },
    '/v2/health/ready': {
      get: {
        operationId: 'isReady',
        tags: ['Health and numbers'],
        summary: 'Whether photos are answered',
        responses: {
          200: { description: 'Yes', content: jsonOf('Ready') },
          503: { description: 'Not yet: the models warm up', content: jsonOf('Ready') },
        },
      },
    },
    '/v2': {
      get: {
        operationId: 'getServer',
        tags: ['Open Inference Protocol'],
        summary: 'Name and version of the server',
        responses: { 200: { description: 'Done', content: jsonOf('Server') } },
      },
    },
    ...both('', 'get', {
      operationId: 'getModel',
      tags: ['Open Inference Protocol'],
      summary: 'Names, types and shapes of a model’s input and output',
      responses: { 200: { description: 'Done', content: jsonOf('Model') }, 404: NO_MODEL, 503: BUSY },
    }),
    ...both('/ready', 'get', {
      operationId: 'isModelReady',
      tags: ['Open Inference Protocol'],
      summary: 'Whether a model is answered',
      responses: {
        200: { description: 'Yes', content: jsonOf('ModelReady') },
        404: NO_MODEL,
        503: { description: 'Not yet: it warms up', content: jsonOf('ModelReady') },
      },
    }),
    ...both('/infer', 'post', {
      operationId: 'infer',
      tags: ['Open Inference Protocol'],
      summary: 'The model’s own output for a tensor',
      requestBody: { required: true, content: jsonOf('InferRequest') },
      responses: {
        200: { description: 'The output', content: jsonOf('InferAnswer') },
        400: failure('The request does not fit the model'),
        404: NO_MODEL,
        413: failure('Too many bytes'),
        500: failure('A bug, or a model that failed'),
        503: BUSY,
      },
    }),
  };
}
