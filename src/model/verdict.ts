import type { ObjectId } from '../ports/object-store.js';
import type { ModelScores } from '../ports/registry.js';

/**
 * `better` passes, `first` passes because there is no Production model and the policy allows it; `undecided` is
 * anything that keeps us from knowing, and never passes.
 */
export type Decision = 'better' | 'first' | 'not-better' | 'undecided';

/** A model that was scored. */
export interface ScoredModel {
  /** For people: a path, or `Production v7`. */
  readonly name: string;
  /** MD5 of the ONNX file. */
  readonly model: ObjectId;
  /** In the registry; null for a file. */
  readonly version: string | null;
  /** Means at native size, which decide. */
  readonly scores: ModelScores;
  /** Means at the size of the model's output, as trainers measure. */
  readonly atModelSize: ModelScores;
  /** What the trainer's `metrics.json` says; null when it says nothing. */
  readonly reported: ModelScores | null;
}

/** What the gate came to; kept in `.git/wms/gate/<candidate's MD5>.json`, where promotion looks for it. */
export interface Verdict {
  readonly decision: Decision;
  /** One sentence each, for people. */
  readonly reasons: readonly string[];
  /** What to do about it, when there is something. */
  readonly next: string | null;
  /** ISO 8601, UTC. */
  readonly decidedAt: string;
  /** Null when it could not be scored. */
  readonly candidate: ScoredModel | null;
  /** Null: no Production model, or it could not be scored (`undecided`). */
  readonly baseline: ScoredModel | null;
  /** Hash of the images and masks scored on; see `splitHash`. Null when there were none. */
  readonly testSplit: string | null;
  /** Test images. */
  readonly images: number;
  /** Paired comparison; null without a baseline. */
  readonly comparison: Comparison | null;
  /** Settings that it was decided by. */
  readonly rules: {
    readonly firstModel: 'promote' | 'refuse';
    readonly minDelta: number;
    readonly requireSignificant: boolean;
  };
  /** How the scores were made; numbers made in other ways cannot be compared with them. */
  readonly convention: string;
}

export interface Comparison {
  /** Candidate minus Production, means over images. */
  readonly meanDifference: ModelScores;
  /** Lower end of the one-sided 95 % interval of the mean difference, paired bootstrap. */
  readonly lowerBound: ModelScores;
  /** Upper end of the one-sided 95 % interval the other way. */
  readonly upperBound: ModelScores;
  /** Images by Dice. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  /** At most five, largest loss of Dice first. */
  readonly worst: readonly { readonly name: string; readonly before: number; readonly after: number }[];
}
