import { type ModelFiles, openModel } from '../model/inference/open-model.js';
import { cutMask } from '../model/inference/prediction.js';
import { type PreparedPair, preparePair } from '../model/inference/prepare-pair.js';
import { mean, median, type Overlap, overlap } from '../model/metrics.js';
import type { ModelRunner } from '../ports/model-runner.js';
import { renderPreview } from './preview.js';

export interface SmokePair {
  /** What people call it, e.g. the image's path in the dataset. */
  readonly name: string;
  readonly image: Buffer;
  readonly mask: Buffer;
}

export interface SmokeScore extends Overlap {
  readonly name: string;
}

export interface SmokePreview extends SmokeScore {
  /** Photo with the outlines of its mask and of the prediction. */
  readonly jpeg: Buffer;
}

export interface SmokeResult {
  /** In the order of the pairs. */
  readonly scores: readonly SmokeScore[];
  readonly medianDice: number;
  readonly meanDice: number;
  readonly medianIou: number;
  readonly meanIou: number;
  /** By Dice. */
  readonly lowest: SmokeScore;
  /** At most 12, lowest Dice first. */
  readonly previews: readonly SmokePreview[];
}

export interface SmokeTest {
  readonly runner: ModelRunner;
  readonly model: ModelFiles;
  /** At least one. Read one by one, so that a generator keeps memory flat. */
  readonly pairs: Iterable<SmokePair> | AsyncIterable<SmokePair>;
  /** How many pairs there will be, for progress. */
  readonly count: number;
  /** Told after each pair: `3/16 images`. */
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

interface Candidate {
  readonly score: SmokeScore;
  readonly prepared: PreparedPair;
  readonly prediction: Uint8Array;
}

const MAX_PREVIEWS = 12;

/**
 * Runs a model on new pairs and scores its masks against theirs, at the model's output size.
 *
 * @throws WmsError (exit code 2), as `openModel`, and `model/inference-failed`, or `model/bad-output` when the output
 * is not finite, not one mask of the expected size, or the same for every image
 * @throws RangeError for no pairs
 */
export async function smokeTest(test: SmokeTest): Promise<SmokeResult> {
  const model = await openModel(test.runner, test.model);
  const { facts, size } = model;
  try {
    const scores: SmokeScore[] = [];
    let worst: Candidate[] = [];
    for await (const pair of test.pairs) {
      test.signal?.throwIfAborted();
      const prepared = await preparePair(pair, facts, size);
      const prediction = cutMask(facts.output, await model.predict(pair.name, prepared.pixels));
      const score = { name: pair.name, ...overlap(prediction, prepared.truth) };
      scores.push(score);
      worst = [...worst, { score, prepared, prediction }]
        .sort((a, b) => a.score.dice - b.score.dice)
        .slice(0, MAX_PREVIEWS);
      test.onProgress?.(`${scores.length}/${test.count} images`);
    }
    model.finish();
    const [lowest] = worst;
    if (lowest === undefined) throw new RangeError('smoke test without pairs');
    const previews: SmokePreview[] = [];
    for (const { score, prepared, prediction } of worst) {
      previews.push({ ...score, jpeg: await renderPreview(prepared, prediction, size) });
    }
    const dice = scores.map((score) => score.dice);
    const iou = scores.map((score) => score.iou);
    return {
      scores,
      medianDice: median(dice),
      meanDice: mean(dice),
      medianIou: median(iou),
      meanIou: mean(iou),
      lowest: lowest.score,
      previews,
    };
  } finally {
    await model.close();
  }
}

/**
 * `max` names of `names`, evenly spread over their sorted order: a push of one photo series is seen from end to
 * end, and the same push gives the same sample.
 */
export function pickSmokeSample(names: readonly string[], max: number): string[] {
  const sorted = names.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (sorted.length <= max) return sorted;
  return Array.from(
    { length: max },
    (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / max)] as string,
  );
}
