import { EXIT, WmsError } from '../../errors.js';
import type { Size } from '../../pictures/nearest.js';
import type { LoadedModel, Tensor, TensorInfo } from '../../ports/model-runner.js';
import { describe, type ModelFacts } from './model-facts.js';

/** At which a model reads images and answers masks. */
export interface ModelSize {
  readonly input: Size;
  readonly output: Size;
}

/**
 * The sizes of a model that is fed as its facts say.
 * @throws WmsError `model/wrong-input` when model and facts contradict each other or leave the size open
 */
export function modelSize(facts: ModelFacts, model: LoadedModel): ModelSize {
  const input = agree('input', facts.input, model.inputs);
  const output = agree('output', facts.output, model.outputs);
  if (model.inputs.length > 1) {
    throw wrongInput(
      `it wants ${model.inputs.length} inputs: ${describe(model.inputs)}; only one image can be given`,
    );
  }
  if (input.length !== 4) throw wrongInput(`input ${facts.input.name} has ${input.length} dimensions, not 4`);
  const [height, width, channels] =
    facts.input.layout === 'NCHW' ? [input[2], input[3], input[1]] : [input[1], input[2], input[3]];
  if (typeof height !== 'number' || typeof width !== 'number') {
    throw wrongInput(`height and width of input ${facts.input.name} are open: write numbers in model.json`);
  }
  if (typeof channels === 'number' && channels !== 3) {
    throw wrongInput(`input ${facts.input.name} wants ${channels} channels; images have 3`);
  }
  // Batch and channel are 1, wherever they stand: what remains is height and width.
  const sides = output.slice(1).filter((dimension) => dimension !== 1);
  const [outHeight, outWidth] = sides.length === 2 ? sides : [height, width];
  return {
    input: { width, height },
    output: {
      width: typeof outWidth === 'number' ? outWidth : width,
      height: typeof outHeight === 'number' ? outHeight : height,
    },
  };
}

/** Dimensions that the model and its facts agree on; a number wins over a symbol. */
function agree(
  what: 'input' | 'output',
  wanted: { readonly name: string; readonly shape: readonly (number | string)[] },
  offered: readonly TensorInfo[],
): (number | string)[] {
  const found = offered.find(({ name }) => name === wanted.name);
  if (found === undefined) {
    throw wrongInput(`model.json names the ${what} ${wanted.name}; the model has ${describe(offered)}`);
  }
  if (found.type !== 'float32') throw wrongInput(`${what} ${found.name} is ${found.type}, not float32`);
  const fits =
    found.shape.length === wanted.shape.length &&
    found.shape.every(
      (size, i) =>
        typeof size !== typeof wanted.shape[i] || typeof size === 'string' || size === wanted.shape[i],
    );
  if (!fits) {
    throw wrongInput(
      `model.json says ${what} [${wanted.shape.join(', ')}], the model has [${found.shape.join(', ')}]`,
    );
  }
  return found.shape.map((size, i) => (typeof size === 'number' ? size : (wanted.shape[i] ?? size)));
}

function wrongInput(why: string): WmsError {
  return new WmsError({
    kind: 'model/wrong-input',
    code: EXIT.usage,
    what: 'The model cannot be fed with images as its model.json says',
    why,
    next: 'Make model.json and the ONNX file agree: both come from the same training run.',
  });
}

/** RGB pixels (height × width × 3, 0…255) as the model wants them, batch of one. */
export function imageTensor(pixels: Uint8ClampedArray, { width, height }: Size, facts: ModelFacts): Tensor {
  const { layout, colour, scale, mean, std } = facts.input;
  const area = width * height;
  const data = new Float32Array(area * 3);
  for (let channel = 0; channel < 3; channel++) {
    const source = colour === 'RGB' ? channel : 2 - channel;
    const [start, step] = layout === 'NCHW' ? [channel * area, 1] : [channel, 3];
    const [m, s] = [mean[channel] as number, std[channel] as number];
    for (let i = 0; i < area; i++) {
      data[start + i * step] = ((pixels[i * 3 + source] as number) * scale - m) / s;
    }
  }
  return { data, shape: layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3] };
}
