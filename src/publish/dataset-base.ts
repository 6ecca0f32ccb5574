import type { Config, Role } from '../config/schema.js';
import { type Manifest, parseManifest } from '../dataset/manifest.js';
import { parsePointer } from '../dataset/pointer.js';
import { EXIT, isWmsError, WmsError } from '../errors.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { ObjectStore } from '../ports/object-store.js';

export interface DirectoryBase {
  /** Pointer file, from the top of the repository. */
  readonly pointerPath: string;
  /** Its text; null when the dataset has no such pointer yet. */
  readonly pointerText: string | null;
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
  const load = async (role: Role): Promise<DirectoryBase> => {
    const pointerPath = `${config.dataset[role]}.dvc`;
    const bytes = commit === null ? null : await git.readFile(commit, pointerPath);
    if (bytes === null) return { pointerPath, pointerText: null, manifest: [], size: 0 };
    const pointerText = bytes.toString();
    const pointer = parsePointer(pointerText, pointerPath);
    const manifestBytes = await store.get(pointer.id, { signal }).catch((error: unknown) => {
      throw isWmsError(error, 'store/object-missing')
        ? manifestMissing(pointerPath, pointer.id, store.url)
        : error;
    });
    const manifest = parseManifest(manifestBytes, pointer.id, store.url);
    return { pointerPath, pointerText, manifest, size: pointer.size };
  };
  const [images, masks] = await Promise.all([load('images'), load('masks')]);
  return { images, masks };
}

function manifestMissing(pointerPath: string, id: string, url: string): WmsError {
  return new WmsError({
    kind: 'dataset/manifest-missing',
    code: EXIT.network,
    what: `The manifest ${id} is not in ${url}.`,
    why: `${pointerPath} names it: the dataset cannot be extended without knowing what it holds.`,
    next: 'On the machine that has this version, run: dvc push. If the store moved, correct .dvc/config.',
  });
}
