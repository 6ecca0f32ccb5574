import { createHash } from 'node:crypto';
import { manifestId, serialiseManifest } from '../../src/dataset/manifest.js';
import { updatePointer } from '../../src/dataset/pointer.js';
import { objectKey } from '../../src/ports/object-store.js';
import type { Files } from './clone.js';

export const IMAGES = 'data/training/images';
export const MASKS = 'data/training/masks';

export interface Dataset {
  readonly pointers: Files;
  /** Manifests by their keys in the store. Nobody reads the files that they name. */
  readonly manifests: ReadonlyMap<string, Buffer>;
}

/** A dataset of that many files: half of them images, half masks. */
export function makeDataset(files: number): Dataset {
  const pointers: Record<string, string> = {};
  const manifests = new Map<string, Buffer>();
  for (const [directory, extension] of [
    [IMAGES, 'jpg'],
    [MASKS, 'png'],
  ] as const) {
    const entries = Array.from({ length: files / 2 }, (_, at) => {
      const relpath = `batch_${at % 100}/meter_${String(at).padStart(7, '0')}.${extension}`;
      return { md5: createHash('md5').update(relpath).digest('hex'), relpath };
    });
    const bytes = serialiseManifest(entries);
    const id = manifestId(bytes);
    const path = directory.slice(directory.lastIndexOf('/') + 1);
    pointers[`${directory}.dvc`] = updatePointer(null, {
      path,
      id,
      size: entries.length * 100_000,
      nfiles: entries.length,
    });
    manifests.set(objectKey(id), bytes);
  }
  return { pointers, manifests };
}
