import { type Config, ROLES, type Role } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { ObjectId, ObjectStore } from '../ports/object-store.js';
import type { ObjectCache } from './cache/cache.js';
import { type DirectoryPointer, readDirectoryPointers } from './directory-pointer.js';
import { type Manifest, parseManifest } from './manifest.js';

/** The dataset's pointers in one commit; null where a directory has none. */
export type DatasetPointers = Readonly<Record<Role, DirectoryPointer | null>>;

export async function readPointers(
  git: GitRepository,
  config: Config,
  commit: Oid,
): Promise<DatasetPointers> {
  const directories = ROLES.map((role) => config.dataset[role]);
  const [images, masks] = await readDirectoryPointers(git, commit, directories);
  return { images: images ?? null, masks: masks ?? null };
}

/** As `readPointers`. Throws WmsError `data/no-dataset` (exit code 2) when the commit has neither. */
export async function requirePointers(
  git: GitRepository,
  config: Config,
  commit: Oid,
  revision: string,
): Promise<DatasetPointers> {
  const pointers = await readPointers(git, config, commit);
  if (ROLES.some((role) => pointers[role] !== null)) return pointers;
  throw new WmsError({
    kind: 'data/no-dataset',
    code: EXIT.usage,
    what: `${revision} (${commit.slice(0, 10)}) has no dataset.`,
    why: `It holds neither ${config.dataset.images}.dvc nor ${config.dataset.masks}.dvc.`,
    next: 'Name another revision, or publish the first images: npx wms add, commit, push.',
  });
}

/** Reads a manifest from the cache, else from the store; then it is in the cache. */
export async function loadManifest(
  id: ObjectId,
  cache: ObjectCache,
  store: ObjectStore,
  signal?: AbortSignal,
): Promise<Manifest> {
  const cached = await cache.read(id);
  if (cached !== null) return parseManifest(cached, id, cache.settings.dir);
  const bytes = await store.get(id, { signal });
  const manifest = parseManifest(bytes, id, store.url);
  cache.write(id, bytes);
  return manifest;
}
