import type { Content, Response, Schema, SchemaName } from './document.js';

const text = (description: string): Schema => ({ type: 'string', description });
const whole = (description: string): Schema => ({ type: 'integer', minimum: 0, description });

function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required };
}

function list(items: Schema, description?: string): Schema {
  return { type: 'array', items, ...(description !== undefined && { description }) };
}

const tensorInfo = object({
  name: text('Name of the tensor'),
  datatype: text('`FP32`'),
  shape: list({ type: 'integer' }, 'Sizes of its dimensions; -1: any'),
});

/** The protocol's `data` may be nested, which is why its items are of no type. */
const tensor = (data: Schema) =>
  object({
    name: text('Name of the tensor'),
    shape: list({ type: 'integer', minimum: 1 }, 'Sizes of its dimensions'),
    datatype: text('`FP32`'),
    data,
  });

export const schemas: Readonly<Record<SchemaName, Schema>> = {
  Mask: object({
    model: object({
      variant: text('The variant that answered'),
      version: text('Its version in the registry, or the beginning of its file’s MD5'),
    }),
    width: whole('Of photo and mask, pixels, turned as EXIF says'),
    height: whole('The same'),
    score: {
      type: ['number', 'null'],
      minimum: 0,
      maximum: 1,
      description: 'Mean of the model’s probability where it sees the object; null: nowhere',
    },
    coverage: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      description: 'Share of the photo’s pixels that the object covers',
    },
    milliseconds: whole('From the whole photo to its mask'),
    mask: {
      type: 'string',
      contentEncoding: 'base64',
      contentMediaType: 'image/png',
      description: 'Grey PNG in base64: 255 where the model sees the object, else 0',
    },
  }),
  Error: object(
    {
      error: text('What is wrong'),
      kind: text('The same for programs, e.g. `serve/too-many-pixels`'),
      next: text('What to do'),
    },
    ['kind', 'next'],
  ),
  Server: object({
    name: text('`wms-hooks`'),
    version: text('Of this package'),
    extensions: list({ type: 'string' }, 'None'),
  }),
  Model: object({
    name: text('The variant'),
    versions: list({ type: 'string' }, 'The one that is served'),
    platform: text('`onnxruntime_onnx`'),
    inputs: list(tensorInfo),
    outputs: list(tensorInfo),
  }),
  Live: object({ live: { type: 'boolean' } }),
  Ready: object({ ready: { type: 'boolean', description: 'Photos and tensors are answered' } }),
  ModelReady: object({ name: text('The variant'), ready: { type: 'boolean' } }),
  InferRequest: object(
    {
      id: text('Comes back in the answer'),
      inputs: list(tensor(list({}, 'Numbers, row-major: flat, or nested as the shape says')), 'One'),
      outputs: list(object({ name: text('Name of the tensor') }), 'All there are, when it is left out'),
    },
    ['id', 'outputs'],
  ),
  InferAnswer: object(
    {
      id: text('Of the request'),
      model_name: text('The variant'),
      model_version: text('Its version'),
      outputs: list(tensor(list({ type: 'number' }, 'Flat, row-major'))),
    },
    ['id'],
  ),
};

export function jsonOf(name: SchemaName): Content {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}

export function failure(description: string): Response {
  return { description, content: jsonOf('Error') };
}

/** Of requests that need a place in the queue. */
export const BUSY: Response = {
  ...failure('No place is free, or the models are not ready yet'),
  headers: {
    'Retry-After': { description: 'Seconds after which to try again', schema: { type: 'integer' } },
  },
};
