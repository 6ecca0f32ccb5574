import type { Config, Role } from '../config/schema.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { ModelRunner } from '../ports/model-runner.js';
import type { ObjectStore } from '../ports/object-store.js';
import type { StepReport } from '../ports/reporter.js';
import { pickSmokeSample, type SmokePair, type SmokeResult, smokeTest } from '../quality/smoke.js';
import { findProductionModel } from './production-model.js';

export interface SmokedPairs {
  /** Names of pairs that may be taken: paths without extension. */
  readonly stems: readonly string[];
  /** One file of a pair; null: there is none, and the pair is left out. */
  readonly read: (role: Role, stem: string) => Promise<{ name: string; bytes: Buffer } | null>;
  /** Whose Production model it is; null: that of the working tree. */
  readonly commit: Oid | null;
  readonly signal?: AbortSignal;
}

interface Tools {
  readonly git: GitRepository;
  readonly store: ObjectStore;
  readonly config: Config;
  readonly runner: ModelRunner;
}

/** The Production model on some of the pairs, as `smokeTest`. Null, and told: there is no model yet. */
export async function smokeProduction(
  { git, store, config, runner }: Tools,
  { stems, read, commit, signal }: SmokedPairs,
  report: StepReport,
): Promise<(SmokeResult & { readonly model: string }) | null> {
  const model = await findProductionModel(git, store, config.model.path, commit);
  if (model === null) {
    report.skipped('no model yet: this is the first training');
    return null;
  }
  const sample = pickSmokeSample(stems, config.smoke.maxImages);
  const result = await smokeTest({
    runner,
    model,
    pairs: pairsOf(sample, read),
    count: sample.length,
    onProgress: (text) => report.progress(text),
    ...(signal === undefined ? {} : { signal }),
  });
  const { medianDice, lowest } = result;
  const worst = `${lowest.dice.toFixed(2)} lowest (${lowest.name})`;
  report.done(`${model.path} · Dice ${medianDice.toFixed(2)} median, ${worst}`);
  return { ...result, model: model.path };
}

async function* pairsOf(stems: readonly string[], read: SmokedPairs['read']): AsyncGenerator<SmokePair> {
  for (const stem of stems) {
    const [image, mask] = [await read('images', stem), await read('masks', stem)];
    if (image !== null && mask !== null) yield { name: image.name, image: image.bytes, mask: mask.bytes };
  }
}
