import type { Config, Role } from '../config/schema.js';
import { EXIT, isWmsError, WmsError } from '../errors.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { ObjectId, ObjectStore } from '../ports/object-store.js';
import { type Manifest, parseManifest } from './manifest.js';
import type { DatasetManifests } from './merge-plan.js';
import { readPointers } from './version.js';

interface DirectoryBase {
  /** Pointer file, from the top of the repository. */
  readonly pointerPath: string;
  /** Its text; null when the dataset has no such pointer yet. */
  readonly pointerText: string | null;
  /** Of the manifest; null when there is no pointer. */
  readonly id: ObjectId | null;
  readonly manifest: Manifest;
  /** Sum of the files' bytes as the pointer tells it. */
  readonly size: number | undefined;
}

export type DatasetBase = Readonly<Record<Role, DirectoryBase>>;

/** The dataset that a publish extends: pointers of `commit`, manifests from the store, one read each. */
export async function loadDataset(
  git: GitRepository,
  store: ObjectStore,
  config: Config,
  commit: Oid | null,
  signal: AbortSignal,
): Promise<DatasetBase> {
  const pointers = commit === null ? null : await readPointers(git, config, commit);
  const load = async (role: Role): Promise<DirectoryBase> => {
    const pointerPath = `${config.dataset[role]}.dvc`;
    const found = pointers?.[role] ?? null;
    if (found === null) return { pointerPath, pointerText: null, id: null, manifest: [], size: 0 };
    const { pointer, text: pointerText } = found;
    const manifestBytes = await store.get(pointer.id, { signal }).catch((error: unknown) => {
      if (isWmsError(error, 'store/object-missing'))
        throw manifestMissing(pointerPath, pointer.id, store.url);
      if (isWmsError(error, 'store/object-corrupt'))
        throw manifestDamaged(pointerPath, pointer.id, store.url);
      throw error;
    });
    const manifest = parseManifest(manifestBytes, pointer.id, store.url);
    return { pointerPath, pointerText, id: pointer.id, manifest, size: pointer.size };
  };
  const [images, masks] = await Promise.all([load('images'), load('masks')]);
  return { images, masks };
}

export function manifestsOf({ images, masks }: DatasetBase): DatasetManifests {
  return { images: images.manifest, masks: masks.manifest };
}

function manifestDamaged(pointerPath: string, id: string, url: string): WmsError {
  return new WmsError({
    kind: 'dataset/manifest-damaged',
    code: EXIT.network,
    what: `The manifest ${id} in ${url} is damaged.`,
    why: `${pointerPath} names it, and its bytes are not the ones that were stored: their MD5 is another.`,
    next: 'Delete this object in the store; then, on a machine that has this version, run: dvc push',
  });
}

function manifestMissing(pointerPath: string, id: string, url: string): WmsError {
  return new WmsError({
    kind: 'dataset/manifest-missing',
    code: EXIT.network,
    what: `The manifest ${id} is not in ${url}.`,
    why: `${pointerPath} names it: without it nobody can tell what the dataset holds.`,
    next: 'On the machine that has this version, run: dvc push. If the store moved, correct .dvc/config.',
  });
}
