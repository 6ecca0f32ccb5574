import type { ObjectId } from './object-store.js';

/** Means over the images of one test split, each 0…1; conventions in src/model/metrics.ts. */
export interface ModelScores {
  readonly dice: number;
  readonly iou: number;
}

/** What is known about a model besides its bytes. Null: not told. */
export interface ModelOrigin {
  readonly runId: string | null;
  /** As our gate measured it. */
  readonly scores: ModelScores | null;
  /** Hash of the test split that the scores belong to. */
  readonly testSplit: string | null;
  /** Commit whose pointers name the data that it was trained on. */
  readonly dataRevision: string | null;
  /** Commit of the training code. */
  readonly gitCommit: string | null;
  readonly trainedAt: string | null;
  /** Pairs of its training run: training, validation and test. */
  readonly trainingPairs: number | null;
  readonly who: string | null;
}

/** Of a model about which nothing is known. */
export const UNTOLD: ModelOrigin = {
  runId: null,
  scores: null,
  testSplit: null,
  dataRevision: null,
  gitCommit: null,
  trainedAt: null,
  trainingPairs: null,
  who: null,
};

export interface ModelFilesToRegister {
  /** Bytes of the ONNX file. */
  readonly model: Buffer;
  /** Text of its `model.json`; null when there is none. */
  readonly facts: string | null;
}

export interface ModelVersion extends ModelOrigin {
  /** `1`, `2`, …: later versions have higher numbers. */
  readonly version: string;
  /** MD5 of the ONNX file; null for a version that somebody else registered without telling it. */
  readonly model: ObjectId | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** One change of Production, a rollback included. */
export interface Promotion {
  readonly version: string;
  /** Version that was Production before; null for the first. */
  readonly replaced: string | null;
  readonly at: string;
  readonly who: string;
  readonly reason: string;
}

export interface PromotionRequest {
  readonly version: string;
  /** Version that the caller has seen in Production; null for none. */
  readonly expected: string | null;
  readonly who: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /**
   * Texts of files at the top of the repository that tell about this promotion (`model-metadata.json`). A registry
   * that lives in the repository writes them in the same commit; others leave them to the caller.
   */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Where model versions live, and which one is Production. Promises that every implementation keeps, checked by one
 * contract suite:
 *
 * 1. `production` answers null only when the registry said that there is none. What cannot be reached or read is an
 *    error (exit code 4 or 5; 2 for settings that cannot be read), never null: no baseline means no promotion.
 * 2. `register` is idempotent by the model's bytes: the same model again answers the version that exists already.
 * 3. `promote` changes Production only when it still is `expected` (WmsError `registry/changed`, exit code 6), reads
 *    back what it wrote, and promoting what is Production already changes nothing. A reader meets the old version or
 *    the new one, never none.
 * 4. `load` answers the very bytes that were registered, MD5 checked.
 * 5. Transient failures are retried inside where that cannot do anything twice.
 */
export interface Registry {
  /** For people, without secrets: `git origin/main`, `mlflow http://…/ (model wms)`. */
  readonly url: string;
  production(): Promise<ModelVersion | null>;
  /** Newest first. */
  versions(): Promise<ModelVersion[]>;
  register(files: ModelFilesToRegister, origin: ModelOrigin): Promise<ModelVersion>;
  promote(request: PromotionRequest): Promise<void>;
  /** Newest first. */
  promotions(): Promise<Promotion[]>;
  load(version: string): Promise<ModelFilesToRegister>;
}
