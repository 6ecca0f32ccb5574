import { isWmsError, retold } from '../../errors.js';
import type { ModelRunner } from '../../ports/model-runner.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { ModelScores } from '../../ports/registry.js';
import { type ModelFiles, type OpenModel, openModel } from '../inference/open-model.js';
import { mean } from '../metrics.js';
import type { SizedOverlap } from '../scores/score-pair.js';
import type { ScoredModel } from '../verdict.js';

/** One of the two models that are compared. */
export interface Side {
  /** For people: a path, or `Production v7`. */
  readonly name: string;
  /** In the registry; null for a file. */
  readonly version: string | null;
  /** Of the ONNX file. */
  readonly md5: ObjectId;
  readonly files: ModelFiles;
  /** What the trainer's `metrics.json` says; null when it says nothing. */
  readonly reported: ModelScores | null;
  /** Hash of the test split that it was not trained on, from its `split.json`; null when nobody told. */
  readonly keptOut: string | null;
}

/** As `openModel`; whatever goes wrong with the model, now or later, is told with its name. */
export async function openSide(runner: ModelRunner, { name, files }: Side): Promise<OpenModel> {
  const model = await named(name, () => openModel(runner, files));
  return {
    ...model,
    predict: (image, pixels) => named(name, () => model.predict(image, pixels)),
    finish: () => {
      try {
        model.finish();
      } catch (error) {
        throw naming(name, error);
      }
    },
  };
}

/** @param scores one per image, at least one */
export function scoredModel(side: Side, scores: readonly SizedOverlap[]): ScoredModel {
  const means = (size: keyof SizedOverlap) => ({
    dice: mean(scores.map((score) => score[size].dice)),
    iou: mean(scores.map((score) => score[size].iou)),
  });
  return {
    name: side.name,
    model: side.md5,
    version: side.version,
    scores: means('native'),
    atModelSize: means('model'),
    reported: side.reported,
  };
}

async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw naming(name, error);
  }
}

function naming(name: string, error: unknown): unknown {
  if (!isWmsError(error)) return error;
  return retold(error, { what: `${name}: ${error.message}` });
}
