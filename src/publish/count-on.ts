import { ROLES } from '../config/schema.js';
import { claimObjects } from '../dataset/claims/claim.js';
import { requireManifests } from '../dataset/require-manifests.js';
import type { ObjectId } from '../ports/object-store.js';
import type { StepReport } from '../ports/reporter.js';
import { found, type PublishJob } from './job.js';

/**
 * Keeps `wms data gc` away from all that this publish is going to count on: new objects and manifests, and the dataset
 * that it extends, which was read before and so is looked for once more.
 */
export async function countOn(
  job: PublishJob,
  manifests: readonly ObjectId[],
  report: StepReport,
): Promise<void> {
  const { store, notes } = job.tools;
  const base = found(job, 'base');
  const extended = ROLES.map((role) => base[role].id).filter((id) => id !== null);
  const { changes } = found(job, 'merge');
  const objects = changes.flatMap((change) =>
    change.kind === 'new' || change.kind === 'replaced' ? [change.md5] : [],
  );
  const onWait = () => report.progress('waiting until somebody’s wms data gc has ended');
  await claimObjects(notes, [...extended, ...manifests, ...objects], { signal: job.signal, onWait });
  await requireManifests(store, extended, { signal: job.signal });
}
