import { ROLES, type Role } from '../../config/schema.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { ObjectCache } from '../cache/cache.js';
import { fetchObject } from '../fetch-object.js';
import { type Manifest, parseManifest } from '../manifest.js';
import type { DatasetTools } from '../tools.js';
import type { DatasetPointers } from '../version.js';

/** Of one version. */
export type Manifests = Readonly<
  Record<Role, { readonly id: ObjectId; readonly entries: Manifest } | null | undefined>
>;

/** Undefined where there is no pointer, null where no copy of the manifest can be read. */
export async function readManifests(
  pointers: DatasetPointers,
  cache: ObjectCache,
  { store }: DatasetTools,
): Promise<Manifests> {
  const read = async (role: Role) => {
    const id = pointers[role]?.pointer.id;
    if (id === undefined) return undefined;
    const cached = await cache.read(id);
    const bytes = cached ?? (await fetchObject(store, id, new AbortController().signal));
    return typeof bytes === 'string' ? null : { id, entries: parseManifest(bytes, id, store.url) };
  };
  const [images, masks] = await Promise.all(ROLES.map(read));
  return { images, masks };
}

/** Entries first: a manifest in the store means that all it names is there. */
export function filesByObject(
  pointers: DatasetPointers,
  manifests: Manifests,
  { config }: DatasetTools,
): Map<ObjectId, string[]> {
  const files = new Map<ObjectId, string[]>();
  const add = (id: ObjectId, file: string) => {
    const known = files.get(id);
    if (known === undefined) files.set(id, [file]);
    else known.push(file);
  };
  for (const role of ROLES) {
    for (const { md5, relpath } of manifests[role]?.entries ?? [])
      add(md5, `${config.dataset[role]}/${relpath}`);
  }
  for (const role of ROLES) {
    const pointer = pointers[role];
    if (pointer !== null) add(pointer.pointer.id, pointer.path);
  }
  return files;
}
