import type { Role } from '../../config/schema.js';
import type { StemChange } from '../../dataset/diff/stem-changes.pure.js';
import type { DatasetManifests } from '../../dataset/merge-plan.js';
import { entriesOfStem } from '../../dataset/pairs.js';
import { isWmsError } from '../../errors.js';
import type { StepReport } from '../../ports/reporter.js';
import { smokeProduction } from '../../publish/smoke-production.js';
import type { SmokeResult } from '../../quality/smoke.js';
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
  const { store, config } = tools;
  const stems = changes.filter(({ after }) => after.images && after.masks).map(({ stem }) => stem);
  if (stems.length === 0) {
    report.skipped('no new pairs');
    return null;
  }
  const read = async (role: Role, stem: string) => {
    const [entry] = entriesOfStem(version[role], stem);
    return entry === undefined ? null : { name: entry.relpath, bytes: await store.get(entry.md5) };
  };
  try {
    return await smokeProduction(tools, { stems, read, commit: target.base }, report);
  } catch (error) {
    if (!isWmsError(error) || config.smoke.required) throw error;
    report.warned(`${error.message} smoke.required is false, so the job goes on`);
    return null;
  }
}
