import { CONFIG_FILE, type Role } from '../../config/schema.js';
import { entriesOfStem } from '../../dataset/pairs.js';
import { isWmsError, retold, type WmsError } from '../../errors.js';
import { stemOf } from '../../stem.js';
import { found, type InspectedFile, type PublishJob } from '../job.js';
import { readRawFiles } from '../read-raw.js';
import { type SmokedPairs, smokeProduction } from '../smoke-production.js';
import type { Step } from '../step.js';
import { images } from './images.js';

/** The Production model on some of the new images: does it still run, and how far are the new masks from it? */
export const smoke: Step = {
  title: 'Smoke test',
  needs: [images.title],
  async run(job, report) {
    const { required } = job.tools.config.smoke;
    job.findings.smoke = null;
    if (found(job, 'changed').length === 0) return report.skipped('no new files');
    try {
      const commit = job.plan.target.tip ?? job.plan.target.base;
      const stems = [...new Set(found(job, 'changed').map(({ relpath }) => stemOf(relpath)))];
      const pairs = { stems, read: readerOf(job), commit, signal: job.signal };
      job.findings.smoke = await smokeProduction(job.tools, pairs, report);
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

/** From the push, or from the store where only one of the two is new. */
function readerOf(job: PublishJob): SmokedPairs['read'] {
  const changed = new Map(
    found(job, 'changed').map((file) => [`${file.role}/${stemOf(file.relpath)}`, file]),
  );
  return (role, stem) => fileOf(job, changed.get(`${role}/${stem}`), role, stem);
}

async function fileOf(
  job: PublishJob,
  file: InspectedFile | undefined,
  role: Role,
  stem: string,
): Promise<{ name: string; bytes: Buffer } | null> {
  if (file !== undefined) {
    for await (const { bytes } of readRawFiles(job.tools.git, [file], job.signal))
      return { name: file.relpath, bytes };
  }
  const [entry] = entriesOfStem(found(job, 'merge').merged[role], stem);
  if (entry === undefined) return null;
  return { name: entry.relpath, bytes: await job.tools.store.get(entry.md5, { signal: job.signal }) };
}
