import * as z from 'zod';
import { EXIT, WmsError } from '../../errors.js';
import type { TensorInfo } from '../../ports/model-runner.js';
import { FILTER_NAMES, type Filter } from './resize.js';

const shape = z.array(z.union([z.int().positive(), z.string()]));
const threeNumbers = z.tuple([z.number(), z.number(), z.number()]);

/** `bilinear (antialiased), after EXIF orientation` → `bilinear`: what follows the first word is for people. */
const filter = z.string().transform((text, context): Filter => {
  const name = FILTER_NAMES.find((known) => text.split(/[^a-z]/, 1)[0] === known);
  if (name !== undefined && !/\b(?:not|no|without) antialias/.test(text)) return name;
  context.addIssue({
    code: 'custom',
    message: `must begin with one of ${FILTER_NAMES.join(', ')} (antialiased, as Pillow resizes)`,
  });
  return z.NEVER;
});

const activation = z.string().transform((text, context): 'applied' | 'logits' => {
  if (/\bapplied\b/.test(text)) return 'applied';
  if (/\blogits\b/.test(text)) return 'logits';
  context.addIssue({ code: 'custom', message: 'must be "sigmoid already applied" or "logits"' });
  return z.NEVER;
});

const foreground = z
  .string()
  .regex(/^>=? *\d+$/, 'must look like ">= 127"')
  .transform((text) => Number(text.replace(/^>=? */, '')) + (text.startsWith('>=') ? 0 : 1));

/** `model.json`: how to feed a model and read what it answers. Keys that are not known here are left alone. */
const modelFactsSchema = z.object({
  input: z.object({
    name: z.string().min(1),
    shape,
    layout: z.enum(['NCHW', 'NHWC']).default('NCHW'),
    colour: z.enum(['RGB', 'BGR']).default('RGB'),
    /** Multiplies values of 0…255, before mean and standard deviation (per channel, in the order of `colour`). */
    scale: z
      .number()
      .positive()
      .default(1 / 255),
    mean: threeNumbers.default([0, 0, 0]),
    std: threeNumbers.default([1, 1, 1]),
    resize: filter.default('bilinear'),
  }),
  output: z.object({
    name: z.string().min(1),
    shape,
    activation: activation.default('applied'),
    threshold: z.number().gt(0).lt(1).default(0.5),
    rule: z.enum(['> threshold', '>= threshold']).default('> threshold'),
  }),
  mask: z
    .object({
      resize: z
        .string()
        .regex(/^nearest/, 'must be "nearest": anything else invents values')
        .default('nearest'),
      /** Lowest value that is foreground. */
      foreground: foreground.default(127),
    })
    .prefault({}),
});

export type ModelFacts = z.output<typeof modelFactsSchema>;

/**
 * Reads the text of a `model.json`. `source` names the file in errors.
 * @throws WmsError `model/facts-invalid` with all its problems
 */
export function parseModelFacts(text: string, source: string): ModelFacts {
  const invalid = (why: string, cause?: unknown) =>
    new WmsError({
      kind: 'model/facts-invalid',
      code: EXIT.usage,
      what: `${source} does not say how to feed the model`,
      why,
      next: `Correct ${source}: it describes the input and output of the ONNX file beside it.`,
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(`not valid JSON: ${(error as Error).message}`, error);
  }
  const parsed = modelFactsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
}

/**
 * Facts for a model that has no `model.json`: RGB scaled to 0…1, bilinear, a mask of probabilities cut at 0.5.
 * @throws WmsError `model/facts-missing` when the model's own shapes leave a choice
 */
export function deriveModelFacts(inputs: readonly TensorInfo[], outputs: readonly TensorInfo[]): ModelFacts {
  const [input, output] = [inputs[0], outputs[0]];
  const layout = input === undefined ? null : layoutOf(input.shape);
  if (inputs.length !== 1 || outputs.length !== 1 || !input || !output || layout === null) {
    throw new WmsError({
      kind: 'model/facts-missing',
      code: EXIT.usage,
      what: 'The model needs a model.json beside it: its shapes alone do not say how to feed it',
      why: `inputs: ${describe(inputs)}; outputs: ${describe(outputs)}. Without a model.json there must be one input [batch, 3, height, width] or [batch, height, width, 3] of fixed size and one output.`,
      next: 'Write a model.json with input (name, shape, layout, scale, mean, std) and output (name, shape, threshold).',
    });
  }
  return modelFactsSchema.parse({
    input: { name: input.name, shape: [...input.shape], layout },
    output: { name: output.name, shape: [...output.shape] },
  });
}

function layoutOf(dimensions: TensorInfo['shape']): 'NCHW' | 'NHWC' | null {
  const [, second, third, fourth] = dimensions;
  if (dimensions.length !== 4 || typeof third !== 'number') return null;
  if (second === 3 && typeof fourth === 'number' && fourth !== 3) return 'NCHW';
  return typeof second === 'number' && second !== 3 && fourth === 3 ? 'NHWC' : null;
}

export function describe(tensors: readonly TensorInfo[]): string {
  return tensors.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`).join(', ');
}
