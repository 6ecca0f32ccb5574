import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { OpenModel } from '../inference/open-model.js';
import { type SizedOverlap, scorePair } from './score-pair.js';
import type { TestPair } from './test-pair.js';

export interface ScoredPair {
  /** Path of the image below the directory of images. */
  readonly name: string;
  /** In the order of the models. */
  readonly scores: readonly SizedOverlap[];
}

/**
 * Runs all models on all pairs, which are read when it is their turn: memory holds a few, whatever their number.

 * @param onProgress told after each pair
 * @throws whatever reading, decoding and `OpenModel.predict` throw first
 */
export async function scoreModels(
  models: readonly OpenModel[],
  pairs: readonly TestPair[],
  onProgress?: (done: number, of: number) => void,
): Promise<ScoredPair[]> {
  const limit = pLimit(availableParallelism());
  let done = 0;
  const score = async (pair: TestPair): Promise<ScoredPair> => {
    const scores = await scorePair(pair.relpath, await pair.read(), models);
    done += 1;
    onProgress?.(done, pairs.length);
    return { name: pair.relpath, scores };
  };
  const scored = await limit.map(pairs, score);
  for (const model of models) model.finish();
  return scored;
}
