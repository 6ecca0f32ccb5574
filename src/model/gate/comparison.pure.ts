import { mean, type Overlap } from '../metrics.js';
import type { Comparison } from '../verdict.js';
import { bootstrapMean } from './bootstrap.pure.js';

/** Scores of both models on one image. */
export interface ScorePair {
  readonly name: string;
  readonly candidate: Overlap;
  readonly baseline: Overlap;
}

const SHOWN = 5;

/** Candidate against Production, image by image; the order of the images does not matter. At least one. */
export function comparePairs(scores: readonly ScorePair[]): Comparison {
  const sorted = scores.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const differences = sorted.map(({ candidate, baseline }) => ({
    dice: candidate.dice - baseline.dice,
    iou: candidate.iou - baseline.iou,
  }));
  const { low, high } = bootstrapMean(differences);
  const count = (sign: number) => differences.filter(({ dice }) => Math.sign(dice) === sign).length;
  return {
    meanDifference: {
      dice: mean(differences.map(({ dice }) => dice)),
      iou: mean(differences.map(({ iou }) => iou)),
    },
    lowerBound: low,
    upperBound: high,
    wins: count(1),
    losses: count(-1),
    ties: count(0),
    worst: byChange(sorted)
      .filter(({ candidate, baseline }) => candidate.dice < baseline.dice)
      .slice(0, SHOWN)
      .map(({ name, candidate, baseline }) => ({ name, before: baseline.dice, after: candidate.dice })),
  };
}

/** Largest loss of Dice first, largest gain last. */
function byChange(scores: readonly ScorePair[]): ScorePair[] {
  const change = ({ candidate, baseline }: ScorePair) => candidate.dice - baseline.dice;
  return scores.toSorted((a, b) => change(a) - change(b));
}
