import { count } from '../../words.js';
import type { ScoredModel, Verdict } from '../verdict.js';
import { signed } from './conditions.pure.js';

/** One line of the comparison; texts, empty where there is nothing to say. */
export interface ScoreRow {
  readonly metric: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly difference: string;
  /** 5 % … 95 % of the bootstrap. */
  readonly interval: string;
  /** Whether the gate decides by it. */
  readonly decides: boolean;
}

const METRICS = [
  ['dice', 'Dice'],
  ['iou', 'IoU'],
] as const;

/** Means of both models. Empty when the candidate has no scores. */
export function scoreRows({ candidate, baseline, comparison }: Verdict): ScoreRow[] {
  if (candidate === null) return [];
  const rows = (size: 'scores' | 'atModelSize', where: string): ScoreRow[] =>
    METRICS.map(([key, name]) => ({
      metric: `${name}, ${where}`,
      baseline: baseline === null ? '' : share(baseline[size][key]),
      candidate: share(candidate[size][key]),
      difference: baseline === null ? '' : signed(candidate[size][key] - baseline[size][key]),
      interval:
        comparison === null || size === 'atModelSize'
          ? ''
          : `${signed(comparison.lowerBound[key])} … ${signed(comparison.upperBound[key])}`,
      decides: size === 'scores',
    }));
  return [...rows('scores', 'native size'), ...rows('atModelSize', 'model size')];
}

/** `60 test images: 52 better, 8 worse, 0 equal`. */
export function countsLine({ images, comparison }: Verdict): string {
  const tested = count(images, 'test image');
  if (comparison === null) return tested;
  return `${tested}: ${comparison.wins} better, ${comparison.losses} worse, ${comparison.ties} equal (Dice)`;
}

/** What the settings asked for. */
export function rulesLine({ rules }: Verdict): string {
  const more = rules.minDelta === 0 ? '' : `, each by more than ${rules.minDelta}`;
  const sure = rules.requireSignificant ? ', both beyond chance (one-sided 95 % bootstrap over images)' : '';
  return `Mean Dice and mean IoU higher than Production’s${more}${sure}; without Production: ${rules.firstModel}.`;
}

const TOLERANCE = 0.02;

/** Where trainers and we disagree, one sentence each. Trainers measure at the size of the model's output. */
export function disagreements({ candidate, baseline }: Verdict): string[] {
  return [candidate, baseline].flatMap((model) => (model === null ? [] : (disagreement(model) ?? [])));
}

function disagreement({ name, reported, atModelSize }: ScoredModel): string | null {
  if (reported === null) return null;
  const differ = METRICS.filter(([key]) => !(Math.abs(reported[key] - atModelSize[key]) <= TOLERANCE));
  if (differ.length === 0) return null;
  const told = differ.map(
    ([key, metric]) => `${metric} ${share(reported[key])} where we measure ${share(atModelSize[key])}`,
  );
  return `The trainer of ${name} reported ${told.join(' and ')} at model size: other images, or another way to measure.`;
}

/** What the candidate was compared with: a file can take the place of Production. */
export function opponentOf({ baseline }: Verdict): 'Production' | 'baseline' {
  return baseline === null || baseline.version !== null ? 'Production' : 'baseline';
}

export function headlineOf(verdict: Verdict): string {
  const opponent = opponentOf(verdict) === 'Production' ? 'Production' : 'the baseline';
  return {
    better: `Better than ${opponent}`,
    first: 'The first model',
    'not-better': `Not better than ${opponent}`,
    undecided: 'Cannot be decided',
  }[verdict.decision];
}

export function passes({ decision }: Pick<Verdict, 'decision'>): boolean {
  return decision === 'better' || decision === 'first';
}

function share(value: number): string {
  return value.toFixed(4);
}
