import type { ModelScores, ModelVersion } from '../ports/registry.js';

export interface ModelComparison {
  readonly versions: readonly [ModelVersion, ModelVersion];
  /** Scores of the second minus those of the first; null when they cannot be compared. */
  readonly difference: ModelScores | null;
  /** Why not; null when they can. */
  readonly notComparable: string | null;
}

/** Scores compare only when they were measured on the same test images. */
export function compareVersions(first: ModelVersion, second: ModelVersion): ModelComparison {
  const versions = [first, second] as const;
  const refuse = (notComparable: string) => ({ versions, difference: null, notComparable });
  if (first.scores === null || second.scores === null) {
    const unscored = versions.filter(({ scores }) => scores === null).map(({ version }) => version);
    return refuse(`no scores of ${unscored.join(' and ')} are known`);
  }
  if (first.testSplit === null || second.testSplit === null)
    return refuse('nothing tells which test images they were scored on');
  if (first.testSplit !== second.testSplit) return refuse('they were scored on different test images');
  const dice = second.scores.dice - first.scores.dice;
  const iou = second.scores.iou - first.scores.iou;
  return { versions, difference: { dice, iou }, notComparable: null };
}
