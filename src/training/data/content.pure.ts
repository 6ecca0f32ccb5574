import { createHash } from 'node:crypto';
import type { DatasetManifests } from '../../dataset/merge-plan.js';

/** MD5 that names a dataset by its files, wherever they come from. */
export function contentOf({ images, masks }: DatasetManifests): string {
  const hash = createHash('md5');
  for (const [role, files] of [
    ['images', images],
    ['masks', masks],
  ] as const) {
    for (const { relpath, md5 } of files) hash.update(`${JSON.stringify([role, relpath, md5])}\n`);
  }
  return hash.digest('hex');
}
