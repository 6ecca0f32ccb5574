import { seededRandom } from '../../seeded-random.pure.js';
import type { Overlap } from '../metrics.js';

/** Of a mean. */
export interface Interval {
  readonly low: Overlap;
  readonly high: Overlap;
}

const RESAMPLES = 10_000;
/** Below the lower end lie 5 % of the means, above the upper end 5 %: each end is a one-sided 95 % bound. */
const TAIL = 0.05;
/** Fixed: nobody can gate again until the dice fall well. */
const SEED = 20_261_121;

/**
 * Where the mean of paired differences would lie if other images of the same kind had been tested: percentile
 * bootstrap over images (Efron 1979). Both metrics are resampled together, as they belong to the same images.
 *
 * @param differences one per image, at least one, in an order that does not depend on chance
 */
export function bootstrapMean(
  differences: readonly Overlap[],
  { resamples = RESAMPLES, seed = SEED }: { readonly resamples?: number; readonly seed?: number } = {},
): Interval {
  const n = differences.length;
  const dice = Float64Array.from(differences, (difference) => difference.dice);
  const iou = Float64Array.from(differences, (difference) => difference.iou);
  const random = seededRandom(seed);
  const diceMeans = new Float64Array(resamples);
  const iouMeans = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    let diceSum = 0;
    let iouSum = 0;
    for (let k = 0; k < n; k++) {
      const drawn = Math.floor(random() * n);
      diceSum += dice[drawn] as number;
      iouSum += iou[drawn] as number;
    }
    diceMeans[round] = diceSum / n;
    iouMeans[round] = iouSum / n;
  }
  const [sortedDice, sortedIou] = [diceMeans.sort(), iouMeans.sort()];
  const at = (share: number) => {
    const index = Math.floor(share * (resamples - 1));
    return { dice: sortedDice[index] as number, iou: sortedIou[index] as number };
  };
  return { low: at(TAIL), high: at(1 - TAIL) };
}
