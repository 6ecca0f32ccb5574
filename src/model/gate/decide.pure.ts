import type { Overlap } from '../metrics.js';
import type { Comparison, Decision } from '../verdict.js';
import { comparePairs } from './comparison.pure.js';
import { examine, type GateRules } from './conditions.pure.js';

export interface ImageScore extends Overlap {
  /** Path of the image below the directory of images. */
  readonly name: string;
}

/** Scores of both models on the images of the test split. */
export interface Evidence {
  readonly candidate: readonly ImageScore[];
  /** Null: the registry said that there is no Production model. */
  readonly baseline: readonly ImageScore[] | null;
}

export interface Ruling {
  readonly decision: Decision;
  /** One sentence each. */
  readonly reasons: readonly string[];
  /** Null without a baseline, or when the scores cannot be compared. */
  readonly comparison: Comparison | null;
}

/** With fewer, the bootstrap promotes more than one in ten of the models that are no better (bench/gate.ts). */
export const FEWEST_FOR_SIGNIFICANCE = 10;

/**
 * Better than Production or not: higher mean Dice and higher mean IoU, each by more than `minDelta`, and beyond chance
 * when `requireSignificant` asks for it. What cannot be compared never passes.
 */
export function decide({ candidate, baseline }: Evidence, rules: GateRules): Ruling {
  const flaw =
    flawOf(candidate, 'The candidate') ?? (baseline === null ? null : flawOf(baseline, 'Production'));
  if (flaw !== null) return undecided(flaw);
  if (baseline === null) return first(rules);
  const before = new Map(baseline.map((score) => [score.name, score]));
  const pairs = candidate.flatMap((score) => {
    const old = before.get(score.name);
    return old === undefined ? [] : [{ name: score.name, candidate: score, baseline: old }];
  });
  if (pairs.length !== candidate.length || pairs.length !== baseline.length) {
    return undecided('The two models were not scored on the same images.');
  }
  const comparison = comparePairs(pairs);
  if (rules.requireSignificant && pairs.length < FEWEST_FOR_SIGNIFICANCE) {
    const reason = `gate.requireSignificant needs ${FEWEST_FOR_SIGNIFICANCE} test images; there are ${pairs.length}.`;
    return { ...undecided(reason), comparison };
  }
  const { lacks, notes } = examine(comparison, rules);
  return lacks.length > 0
    ? { decision: 'not-better', reasons: lacks, comparison }
    : { decision: 'better', reasons: notes, comparison };
}

function first({ firstModel }: GateRules): Ruling {
  if (firstModel === 'refuse') {
    return undecided('There is no Production model to compare with, and gate.firstModel is "refuse".');
  }
  return {
    decision: 'first',
    reasons: ['There is no Production model yet: the first one passes (gate.firstModel is "promote").'],
    comparison: null,
  };
}

function flawOf(scores: readonly ImageScore[], who: string): string | null {
  if (scores.length === 0) return 'There are no test images.';
  if (new Set(scores.map(({ name }) => name)).size < scores.length) {
    return `${who} has two scores for the same image.`;
  }
  const odd = scores.find(({ dice, iou }) => ![dice, iou].every((value) => value >= 0 && value <= 1));
  if (odd === undefined) return null;
  return `${who} has no usable score for ${odd.name}: Dice ${odd.dice}, IoU ${odd.iou}.`;
}

function undecided(reason: string): Ruling {
  return { decision: 'undecided', reasons: [reason], comparison: null };
}
