import { bytes, type Field, floats, int, message } from './protobuf.js';

/** Height and width of the model's input and output, pixels. */
const SIDE = 192;
/** Closes gaps up to this wide, pixels: the bright digits on dark rollers. */
const CLOSING = 7;
/** Rollers are dark or red: their green and blue, each 0…1, add up to less than this; everything else to more. */
const DARKNESS = 0.6;
const STEEPNESS = 16;

const FLOAT = 1;
const ATTRIBUTE_INTS = 7;

export interface TinyModelOptions {
  /** Multiplies weights and bias: 0 makes a model that answers 0.5 everywhere, NaN one that answers NaN. */
  readonly gain?: number;
  /** What counts as dark; default 0.6 finds the rollers, less only their darkest parts. */
  readonly darkness?: number;
}

/**
 * An ONNX model that finds the digits window of drawn meters, encoded by hand: a 1 × 1 convolution and a sigmoid see
 * the dark rollers, a morphological closing (two max-pools) takes the digits in. Input `image`
 * [batch, 3, 192, 192], output `mask` [batch, 1, 192, 192]. Format: onnx.proto, IR version 8, opset 13.
 */
export function tinyModel({ gain = 1, darkness = DARKNESS }: TinyModelOptions = {}): Buffer {
  const weights = new Float32Array([0, -STEEPNESS * gain, -STEEPNESS * gain]);
  const bias = new Float32Array([STEEPNESS * darkness * gain]);
  const graph = [
    node('Conv', ['image', 'weights', 'bias'], 'logits'),
    node('Sigmoid', ['logits'], 'rollers'),
    maxPool('rollers', 'dilated'),
    node('Neg', ['dilated'], 'outside'),
    maxPool('outside', 'shrunk'),
    node('Neg', ['shrunk'], 'mask'),
    bytes(2, 'tiny'),
    initializer('weights', [1, 3, 1, 1], weights),
    initializer('bias', [1], bias),
    valueInfo(11, 'image', 3),
    valueInfo(12, 'mask', 1),
  ];
  const opset = message(8, bytes(1, ''), int(2, 13));
  return Buffer.concat([int(1, 8), bytes(2, 'wms-hooks'), message(7, ...graph), opset]);
}

function node(type: string, inputs: readonly string[], output: string, ...attributes: Field[]): Field {
  return message(1, ...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(4, type), ...attributes);
}

function maxPool(input: string, output: string): Field {
  const pad = (CLOSING - 1) / 2;
  const kernel = attribute('kernel_shape', [CLOSING, CLOSING]);
  return node('MaxPool', [input], output, kernel, attribute('pads', [pad, pad, pad, pad]));
}

function attribute(name: string, values: readonly number[]): Field {
  return message(5, bytes(1, name), ...values.map((value) => int(8, value)), int(20, ATTRIBUTE_INTS));
}

function initializer(name: string, shape: readonly number[], values: Float32Array): Field {
  return message(5, ...shape.map((size) => int(1, size)), int(2, FLOAT), bytes(8, name), floats(9, values));
}

function valueInfo(field: number, name: string, channels: number): Field {
  const sizes = [channels, SIDE, SIDE].map((size) => message(1, int(1, size)));
  const shape = message(2, message(1, bytes(2, 'batch')), ...sizes);
  return message(field, bytes(1, name), message(2, message(1, int(1, FLOAT), shape)));
}

/** Text of the `model.json` that belongs beside the model. */
export function tinyModelFacts(): string {
  return `${JSON.stringify(
    {
      input: {
        name: 'image',
        shape: ['batch', 3, SIDE, SIDE],
        layout: 'NCHW',
        colour: 'RGB',
        scale: 1 / 255,
        mean: [0, 0, 0],
        std: [1, 1, 1],
        resize: 'bilinear (antialiased), after EXIF orientation',
      },
      output: {
        name: 'mask',
        shape: ['batch', 1, SIDE, SIDE],
        activation: 'sigmoid already applied',
        threshold: 0.5,
        rule: '> threshold',
      },
      mask: { resize: 'nearest', foreground: '>= 127' },
      metrics: 'per image, mean over images, smooth 1e-6',
    },
    null,
    2,
  )}\n`;
}
