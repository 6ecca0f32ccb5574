import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { manifestId, serialiseManifest } from '../../src/dataset/manifest.js';
import { updatePointer } from '../../src/dataset/pointer.js';
import { objectKey } from '../../src/ports/object-store.js';
import { IMAGES, MASKS } from '../support/dataset.js';
import type { Objects } from './objects.js';

/** Pointer files that name all objects, half as images, half as masks; their manifests become objects, too. */
export async function pointersTo(objects: Objects): Promise<Record<string, string>> {
  const pointers: Record<string, string> = {};
  const half = objects.ids.length / 2;
  for (const [directory, extension, from] of [
    [IMAGES, 'jpg', 0],
    [MASKS, 'png', half],
  ] as const) {
    const ids = objects.ids.slice(from, from + half);
    const manifest = serialiseManifest(
      ids.map((md5, at) => ({ md5, relpath: `batch_${at % 10}/meter_${at}.${extension}` })),
    );
    const id = manifestId(manifest);
    const file = join(objects.directory, objectKey(id));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, manifest);
    const path = directory.slice(directory.lastIndexOf('/') + 1);
    pointers[`${directory}.dvc`] = updatePointer(null, { path, id, nfiles: ids.length });
  }
  return pointers;
}

/** Ids of the manifests that pointer files name. */
export function manifestsOf(pointers: Readonly<Record<string, string>>): string[] {
  return Object.values(pointers).map((text) => /md5: (\S+)/.exec(text)?.[1] ?? '');
}
