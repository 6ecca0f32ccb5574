import type { Config } from '../../config/schema.js';
import type { Overlap } from '../metrics.js';
import type { Comparison } from '../verdict.js';

export type GateRules = Config['gate'];

/** What a comparison lacks to pass, and what a person should know when it lacks nothing. One sentence each. */
export interface Examination {
  readonly lacks: readonly string[];
  readonly notes: readonly string[];
}

const METRICS: readonly (readonly [key: keyof Overlap, name: string])[] = [
  ['dice', 'Dice'],
  ['iou', 'IoU'],
];

export function examine(comparison: Comparison, rules: GateRules): Examination {
  const { dice, iou } = comparison.meanDifference;
  const uncertain = METRICS.filter(([key]) => comparison.lowerBound[key] <= 0).map(([, name]) => name);
  return {
    lacks: METRICS.flatMap(([key, name]) => lackOf(name, key, comparison, rules) ?? []),
    notes: [
      `Mean Dice is ${signed(dice)}, mean IoU ${signed(iou)}.`,
      ...(uncertain.length === 0
        ? []
        : [
            `The gain in ${uncertain.join(' and ')} may be chance: gate.requireSignificant would not let it pass.`,
          ]),
    ],
  };
}

function lackOf(name: string, key: keyof Overlap, comparison: Comparison, rules: GateRules): string | null {
  const gain = comparison.meanDifference[key];
  const bound = comparison.lowerBound[key];
  if (gain <= 0) return `Mean ${name} is not higher: ${signed(gain)}.`;
  if (gain <= rules.minDelta) {
    return `Mean ${name} is ${signed(gain)}; gate.minDelta asks for more than ${signed(rules.minDelta)}.`;
  }
  if (rules.requireSignificant && bound <= 0) {
    return `The gain in ${name}, ${signed(gain)}, may be chance: its 95 % lower bound is ${signed(bound)}.`;
  }
  return null;
}

/** `+0.0123`, `−0.0123`; a difference too small to show is still no zero: `+0.0000`. */
export function signed(value: number): string {
  return value === 0 ? '±0' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
