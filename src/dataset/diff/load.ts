import { type Config, ROLES } from '../../config/schema.js';
import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { GitRepository } from '../../ports/git-repository.js';
import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import type { ObjectCache } from '../cache/cache.js';
import type { DirectoryPointer } from '../directory-pointer.js';
import type { Manifest } from '../manifest.js';
import type { DatasetManifests } from '../merge-plan.js';
import { type DatasetPointers, loadManifest, readPointers, requirePointers } from '../version.js';
import type { DiffSide, DiffSides } from './revisions.js';

export interface SidePointers {
  readonly from: DatasetPointers;
  readonly to: DatasetPointers;
}

/** A version before the first publish has no pointers: everything is new then. Both without: `data/no-dataset`. */
export async function readSides(
  git: GitRepository,
  config: Config,
  { from, to }: DiffSides,
): Promise<SidePointers> {
  const before = await readPointers(git, config, from.commit);
  if (ROLES.some((role) => before[role] !== null))
    return { from: before, to: await readPointers(git, config, to.commit) };
  return { from: before, to: await requirePointers(git, config, to.commit, to.revision) };
}

export function isSameVersion({ from, to }: SidePointers): boolean {
  return ROLES.every((role) => from[role]?.pointer.id === to[role]?.pointer.id);
}

/**
 * Manifests of both sides, each read once: a directory that did not change is the same list in both. Throws WmsError
 * `data/manifest-missing` (exit code 5), and what the store throws.
 */
export async function loadSides(
  pointers: SidePointers,
  sides: DiffSides,
  cache: ObjectCache,
  store: ObjectStore,
): Promise<{ from: DatasetManifests; to: DatasetManifests; read: number }> {
  const loading = new Map<ObjectId, Promise<Manifest>>();
  const load = (pointer: DirectoryPointer | null, side: DiffSide): Promise<Manifest> => {
    if (pointer === null) return NOTHING;
    const { id } = pointer.pointer;
    const manifest =
      loading.get(id) ??
      loadManifest(id, cache, store).catch((error: unknown) => {
        throw isWmsError(error, 'store/object-missing') ? missing(pointer, side, store) : error;
      });
    loading.set(id, manifest);
    return manifest;
  };
  const [fromImages, fromMasks, toImages, toMasks] = await Promise.all([
    load(pointers.from.images, sides.from),
    load(pointers.from.masks, sides.from),
    load(pointers.to.images, sides.to),
    load(pointers.to.masks, sides.to),
  ]);
  return {
    from: { images: fromImages, masks: fromMasks },
    to: { images: toImages, masks: toMasks },
    read: loading.size,
  };
}

const NOTHING: Promise<Manifest> = Promise.resolve([]);

function missing({ path, pointer }: DirectoryPointer, { commit }: DiffSide, { url }: ObjectStore): WmsError {
  return new WmsError({
    kind: 'data/manifest-missing',
    code: EXIT.network,
    what: `The manifest ${pointer.id} is neither in ${url} nor here.`,
    why: `${path} in ${commit.slice(0, 10)} names it: without it nobody can tell what this version holds.`,
    next: `Where this version was pulled or published, run: npx wms data verify ${commit.slice(0, 10)} --repair`,
  });
}
