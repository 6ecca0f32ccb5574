import pLimit from 'p-limit';
import type { Role } from '../config/schema.js';
import { isWmsError } from '../errors.js';
import type { ObjectId } from '../ports/object-store.js';
import { found, type PublishJob } from './job.js';

/** A manifest tells no sizes, and the store tells one with the bytes: to read many objects for a sum is not worth it. */
const READ_AT_MOST = 256;
const READ_AT_ONCE = 8;

/**
 * Bytes of all files of a directory whose new manifest is `id`. Undefined where that would cost too much, or where an
 * object that leaves is not in the store: pointers do without.
 */
export async function sizeAfter(job: PublishJob, role: Role, id: ObjectId): Promise<number | undefined> {
  const known = job.plan.edit?.sizes.get(id);
  if (known !== undefined) return known;
  const { size } = found(job, 'base')[role];
  if (size === undefined) return undefined;
  const changes = found(job, 'merge').changes.filter(
    (change) => change.role === role && change.kind !== 'unchanged',
  );
  const sizes = new Map(found(job, 'changed').map((file) => [file.md5, file.size]));
  const comes = changes.flatMap(({ md5 }) => md5 ?? []);
  const goes = changes.flatMap((change) => ('oldMd5' in change ? change.oldMd5 : []));
  const unknown = [...new Set([...comes, ...goes])].filter((md5) => !sizes.has(md5));
  if (unknown.length > READ_AT_MOST) return undefined;
  const reads = pLimit(READ_AT_ONCE);
  await Promise.all(unknown.map((md5) => reads(async () => sizes.set(md5, await sizeOf(job, md5)))));
  const sum = (md5s: readonly string[]) =>
    md5s.reduce((total, md5) => total + (sizes.get(md5) ?? Number.NaN), 0);
  const after = size + sum(comes) - sum(goes);
  return Number.isNaN(after) ? undefined : after;
}

/** NaN where nobody can tell. */
async function sizeOf({ tools, signal }: PublishJob, md5: ObjectId): Promise<number> {
  try {
    return (await tools.store.get(md5, { signal })).length;
  } catch (error) {
    if (isWmsError(error, 'store/object-missing') || isWmsError(error, 'store/object-corrupt'))
      return Number.NaN;
    throw error;
  }
}
