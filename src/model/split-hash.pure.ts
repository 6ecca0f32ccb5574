import { createHash } from 'node:crypto';
import type { ObjectId } from '../ports/object-store.js';

/** An image with its mask, by content. */
export interface HashedPair {
  /** Path of the image below the directory of images, `/` between parts. */
  readonly relpath: string;
  readonly image: ObjectId;
  readonly mask: ObjectId;
}

/** MD5 that names a set of pairs, whatever their order: scores on sets of other names cannot be compared. */
export function splitHash(pairs: Iterable<HashedPair>): string {
  const lines = Array.from(pairs, ({ relpath, image, mask }) => JSON.stringify([relpath, image, mask]));
  return createHash('md5').update(lines.sort().join('\n')).digest('hex');
}
