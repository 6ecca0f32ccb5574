import { CONFIG_FILE, type Role } from '../../config/schema.js';
import { entriesOfStem } from '../../dataset/pairs.js';
import { isWmsError, retold, type WmsError } from '../../errors.js';
import { pickSmokeSample, type SmokePair, smokeTest } from '../../quality/smoke.js';
import { stemOf } from '../../stem.js';
import { found, type InspectedFile, type PublishJob } from '../job.js';
import { findProductionModel } from '../production-model.js';
import { readRawFiles } from '../read-raw.js';
import type { Step } from '../step.js';
import { images } from './images.js';

/** The Production model on some of the new images: does it still run, and how far are the new masks from it? */
export const smoke: Step = {
  title: 'Smoke test',
  needs: [images.title],
  async run(job, report) {
    const { git, store, runner, config } = job.tools;
    const { required, maxImages } = config.smoke;
    job.findings.smoke = null;
    if (found(job, 'changed').length === 0) return report.skipped('no new files');
    try {
      const commit = job.plan.target.tip ?? job.plan.target.base;
      const model = await findProductionModel(git, store, config.model.path, commit);
      if (model === null) return report.skipped('no model yet: this is the first training');
      const stems = [...new Set(found(job, 'changed').map(({ relpath }) => stemOf(relpath)))];
      const sample = pickSmokeSample(stems, maxImages);
      const result = await smokeTest({
        runner,
        model,
        pairs: pairsOf(job, sample),
        count: sample.length,
        onProgress: (text) => report.progress(text),
        signal: job.signal,
      });
      job.findings.smoke = result;
      const { medianDice, lowest } = result;
      const worst = `${lowest.dice.toFixed(2)} lowest (${lowest.name})`;
      report.done(`${model.path} · Dice ${medianDice.toFixed(2)} median, ${worst}`);
    } catch (error) {
      if (!isWmsError(error) || job.signal.aborted) throw error;
      if (required) throw isWmsError(error, 'model/runtime-missing') ? orWithoutSmokeTest(error) : error;
      report.warned(`${reasonOf(error)}; smoke.required is false, so the publish goes on`);
    }
  },
};

function orWithoutSmokeTest(error: WmsError): WmsError {
  const other = `Or go without a smoke test: set smoke.required to false in ${CONFIG_FILE}.`;
  return retold(error, { next: `${error.next}\n${other}` });
}

function reasonOf({ message, why = '' }: WmsError): string {
  const [reason = ''] = why.split('\n');
  return `${message.replace(/\.$/, '')}${reason === '' ? '' : ` (${reason})`}`;
}

/** Image and mask of each stem: from the push, or from the store where only one of the two is new. */
async function* pairsOf(job: PublishJob, stems: readonly string[]): AsyncGenerator<SmokePair> {
  const changed = new Map(
    found(job, 'changed').map((file) => [`${file.role}/${stemOf(file.relpath)}`, file]),
  );
  for (const stem of stems) {
    const image = await fileOf(job, changed, 'images', stem);
    const mask = await fileOf(job, changed, 'masks', stem);
    if (image !== null && mask !== null) yield { name: image.name, image: image.bytes, mask: mask.bytes };
  }
}

async function fileOf(
  job: PublishJob,
  changed: ReadonlyMap<string, InspectedFile>,
  role: Role,
  stem: string,
): Promise<{ name: string; bytes: Buffer } | null> {
  const file = changed.get(`${role}/${stem}`);
  if (file !== undefined) {
    for await (const { bytes } of readRawFiles(job.tools.git, [file], job.signal))
      return { name: file.relpath, bytes };
  }
  const [entry] = entriesOfStem(found(job, 'merge').merged[role], stem);
  if (entry === undefined) return null;
  return { name: entry.relpath, bytes: await job.tools.store.get(entry.md5, { signal: job.signal }) };
}
