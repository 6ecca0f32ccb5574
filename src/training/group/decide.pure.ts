import type { TrainStatus } from '../status.js';

/** A candidate's latest finished run. */
export interface Member {
  readonly candidate: string;
  readonly directory: string;
  readonly key: string | null;
  readonly result: TrainStatus['result'];
}

export type GroupDecision =
  | { readonly decision: 'waiting'; readonly missing: readonly string[] }
  | { readonly decision: 'undecided'; readonly reason: string }
  | { readonly decision: 'best'; readonly best: Member };

/**
 * The best of a group by our own scores, mean Dice first, then mean IoU. Nothing is decided before every expected
 * candidate is there, nor between scores of different test images.
 */
export function decideGroup(expected: readonly string[], members: readonly Member[]): GroupDecision {
  const missing = expected.filter((name) => !members.some(({ candidate }) => candidate === name));
  if (missing.length > 0) return { decision: 'waiting', missing };
  if (members.length === 0) return { decision: 'waiting', missing: [] };
  const scored = members.map((member) => ({ member, scores: member.result?.scores ?? null }));
  const unscored = scored.filter(({ scores }) => scores === null).map(({ member }) => member.candidate);
  if (unscored.length > 0) {
    return { decision: 'undecided', reason: `There are no scores of ${unscored.join(' and ')}.` };
  }
  if (new Set(scored.map(({ scores }) => scores?.testSplit)).size > 1) {
    return { decision: 'undecided', reason: 'The candidates were scored on different test images.' };
  }
  const [best] = scored.toSorted(
    (a, b) =>
      (b.scores?.dice ?? 0) - (a.scores?.dice ?? 0) ||
      (b.scores?.iou ?? 0) - (a.scores?.iou ?? 0) ||
      (a.member.candidate < b.member.candidate ? -1 : 1),
  );
  return { decision: 'best', best: (best as (typeof scored)[number]).member };
}
