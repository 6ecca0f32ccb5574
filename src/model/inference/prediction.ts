import { EXIT, WmsError } from '../../errors.js';
import type { Size } from '../../pictures/nearest.js';
import type { Tensor } from '../../ports/model-runner.js';
import type { ModelFacts } from './model-facts.js';

const ROUNDING = 1e-4;

/** Reads what a model answers, and watches over all its answers whether it is of any use. */
export class PredictionReader {
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private first: { input: Float32Array; output: Float32Array } | undefined;
  private inputsDiffer = false;
  private outputsDiffer = false;

  constructor(
    private readonly facts: ModelFacts,
    private readonly size: Size,
  ) {}

  /**
   * Probability of foreground, one per pixel at the model's output size.
   * @throws WmsError `model/bad-output` when the answer has another size, holds NaN or infinity, or values that
   * are no probabilities where the facts promise some
   */
  read(name: string, input: Tensor, output: Tensor | undefined): Float32Array {
    const { width, height } = this.size;
    if (output === undefined) throw badOutput(`it gives no output named ${this.facts.output.name}`);
    if (output.data.length !== width * height) {
      throw badOutput(
        `${name}: output is [${output.shape.join(', ')}], not one mask of ${height} × ${width} values`,
      );
    }
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const value of output.data) {
      if (!Number.isFinite(value)) throw badOutput(`${name}: output holds ${value}`);
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const { activation } = this.facts.output;
    if (activation === 'applied' && (min < -ROUNDING || max > 1 + ROUNDING)) {
      throw badOutput(
        `${name}: output has values from ${min.toPrecision(3)} to ${max.toPrecision(3)}, which are no probabilities. If the model gives logits, set output.activation in model.json to "logits".`,
      );
    }
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    this.compare(input.data, output.data);
    return activation === 'logits' ? output.data.map((value) => 1 / (1 + Math.exp(-value))) : output.data;
  }

  /** Call after the last image. @throws WmsError `model/bad-output` when the model did not look at its input */
  finish(): void {
    if (this.max === this.min) throw badOutput(`output is ${this.min} at every pixel of every image`);
    if (this.inputsDiffer && !this.outputsDiffer) throw badOutput('output is the same for every image');
  }

  private compare(input: Float32Array, output: Float32Array): void {
    if (this.first === undefined) {
      this.first = { input, output };
      return;
    }
    const { first } = this;
    this.inputsDiffer ||= input.some((value, i) => value !== first.input[i]);
    this.outputsDiffer ||= output.some((value, i) => value !== first.output[i]);
  }
}

export function isForeground({ threshold, rule }: ModelFacts['output'], probability: number): boolean {
  return rule === '> threshold' ? probability > threshold : probability >= threshold;
}

/** 1 where a probability means foreground, else 0. */
export function cutMask(output: ModelFacts['output'], probabilities: Float32Array): Uint8Array {
  return Uint8Array.from(probabilities, (value) => (isForeground(output, value) ? 1 : 0));
}

function badOutput(why: string): WmsError {
  return new WmsError({
    kind: 'model/bad-output',
    code: EXIT.usage,
    what: 'The model ran, but its output is no usable mask',
    why,
    next: 'Train or export a working model, with the model.json of the same training run.',
  });
}
