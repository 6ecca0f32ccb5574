import * as z from 'zod';
import { EXIT, WmsError } from '../errors.js';
import type { Tensor, TensorInfo } from '../ports/model-runner.js';

const requestSchema = z.looseObject({
  id: z.string().optional(),
  inputs: z
    .array(
      z.looseObject({
        name: z.string(),
        shape: z.array(z.int().min(1)),
        datatype: z.string(),
        // Flat, or nested as the shape says: the protocol allows both.
        data: z.array(z.unknown()),
      }),
    )
    .length(1, 'must have one input: models here take one'),
  outputs: z.array(z.looseObject({ name: z.string() })).optional(),
});

export interface TensorRequest {
  readonly id: string | undefined;
  readonly tensor: Tensor;
}

/**
 * Reads a request of the Open Inference Protocol, version 2 (`$inference_request`), for a model with this input and
 * output. Throws WmsError `serve/bad-request` (exit code 2).
 */
export function readTensorRequest(text: string, input: TensorInfo, output: TensorInfo): TensorRequest {
  const parsed = requestSchema.safeParse(parseJson(text));
  if (!parsed.success) throw badRequest(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const { id, inputs, outputs } = parsed.data;
  const [{ name, shape, datatype, data }] = inputs as [(typeof inputs)[number]];
  if (name !== input.name) throw badRequest(`the model's input is ${input.name}, not ${name}`);
  if (datatype !== 'FP32') throw badRequest(`${name} is FP32, not ${datatype}`);
  const fits =
    shape.length === input.shape.length &&
    input.shape.every((size, i) => typeof size === 'string' || size === shape[i]);
  if (!fits) throw badRequest(`${name} has the shape ${shown(input.shape)}, not ${shown(shape)}`);
  const other = outputs?.find((wanted) => wanted.name !== output.name);
  if (other !== undefined) throw badRequest(`the model's output is ${output.name}, not ${other.name}`);
  return { id, tensor: { shape, data: numbers(data, shape) } };
}

function numbers(data: readonly unknown[], shape: readonly number[]): Float32Array {
  // One dimension at a time: no data is deeper than its shape.
  const flat = shape.reduce<unknown[]>((rows) => rows.flat(1), [...data]);
  const size = shape.reduce((product, side) => product * side, 1);
  if (flat.length !== size)
    throw badRequest(`shape ${shown(shape)} is ${size} numbers, data has ${flat.length}`);
  if (!flat.every((value) => typeof value === 'number'))
    throw badRequest('data holds something that is no number');
  return Float32Array.from(flat);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`it is not JSON: ${(error as Error).message}`);
  }
}

const shown = (shape: readonly (number | string)[]): string =>
  `[${shape.map((size) => (typeof size === 'string' ? -1 : size)).join(', ')}]`;

export function badRequest(why: string): WmsError {
  return new WmsError({
    kind: 'serve/bad-request',
    code: EXIT.usage,
    what: 'The request cannot be inferred',
    why,
    next: 'GET /v2/models/NAME tells names, types and shapes.',
  });
}
