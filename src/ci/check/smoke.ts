import type { Role } from '../../config/schema.js';
import type { StemChange } from '../../dataset/diff/stem-changes.pure.js';
import type { DatasetManifests } from '../../dataset/merge-plan.js';
import { entriesOfStem } from '../../dataset/pairs.js';
import { isWmsError } from '../../errors.js';
import type { StepReport } from '../../ports/reporter.js';
import { findProductionModel } from '../../publish/production-model.js';
import { pickSmokeSample, type SmokePair, type SmokeResult, smokeTest } from '../../quality/smoke.js';
import type { CiTarget } from '../target.js';
import type { CiTools } from '../tools.js';

/** The Production model on some of the changed pairs; null where there is nothing to run, or it need not run. */
export async function smokeChanges(
  tools: CiTools,
  target: CiTarget,
  changes: readonly StemChange[],
  version: DatasetManifests,
  report: StepReport,
): Promise<(SmokeResult & { readonly model: string }) | null> {
  const { git, store, config, runner } = tools;
  const stems = changes.filter(({ after }) => after.images && after.masks).map(({ stem }) => stem);
  if (stems.length === 0) {
    report.skipped('no new pairs');
    return null;
  }
  try {
    const model = await findProductionModel(git, store, config.model.path, target.base);
    if (model === null) {
      report.skipped('no model yet: this is the first training');
      return null;
    }
    const sample = pickSmokeSample(stems, config.smoke.maxImages);
    const result = await smokeTest({
      runner,
      model,
      pairs: pairsOf(tools, sample, version),
      count: sample.length,
      onProgress: (text) => report.progress(text),
    });
    const worst = `${result.lowest.dice.toFixed(2)} lowest (${result.lowest.name})`;
    report.done(`${model.path} · Dice ${result.medianDice.toFixed(2)} median, ${worst}`);
    return { ...result, model: model.path };
  } catch (error) {
    if (!isWmsError(error) || config.smoke.required) throw error;
    report.warned(`${error.message} smoke.required is false, so the job goes on`);
    return null;
  }
}

async function* pairsOf(
  { store }: CiTools,
  stems: readonly string[],
  version: DatasetManifests,
): AsyncGenerator<SmokePair> {
  const read = async (role: Role, stem: string) => {
    const [entry] = entriesOfStem(version[role], stem);
    return entry === undefined ? null : { name: entry.relpath, bytes: await store.get(entry.md5) };
  };
  for (const stem of stems) {
    const [image, mask] = [await read('images', stem), await read('masks', stem)];
    if (image !== null && mask !== null) yield { name: image.name, image: image.bytes, mask: mask.bytes };
  }
}
