import pLimit from 'p-limit';
import type { Role } from '../../config/schema.js';
import type { MergePlan } from '../../dataset/merge-plan.js';
import { entriesOfStem } from '../../dataset/pairs.js';
import { inspectFile } from '../../quality/inspect.js';
import { otherRole, type PairSet, stemOf } from '../../quality/pair-set.js';
import type { InspectedFile, PublishJob } from '../job.js';

/**
 * What the image rules look at: the changed files, what of the dataset pairs with them, and the names that could.
 * Partners that are in the dataset only, as with a relabelled mask, are fetched: sizes must be compared.
 */
export async function pairSetOf(
  job: PublishJob,
  changed: readonly InspectedFile[],
  merge: MergePlan,
): Promise<PairSet> {
  const here = new Set(changed.map(({ role, relpath }) => `${role}/${relpath}`));
  const absent = changed.flatMap(({ role, relpath }) => {
    const partnerRole = otherRole(role);
    return entriesOfStem(merge.merged[partnerRole], stemOf(relpath))
      .filter((entry) => !here.has(`${partnerRole}/${entry.relpath}`))
      .map((entry) => ({ role: partnerRole, ...entry }));
  });
  const fetches = pLimit(FETCHES_AT_ONCE);
  const partners = await Promise.all(
    absent.map(({ role, relpath, md5 }) =>
      fetches(async () => {
        const bytes = await job.tools.store.get(md5, { signal: job.signal });
        return inspectFile({ role, path: relpath, bytes });
      }),
    ),
  );
  const { images, masks } = job.tools.config.dataset;
  return {
    directories: { images, masks },
    files: changed.map(({ inspection }) => inspection),
    partners,
    merged: merge.merged,
  };
}

const FETCHES_AT_ONCE = 8;
