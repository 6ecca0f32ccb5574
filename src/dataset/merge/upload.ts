import type { ObjectStore } from '../../ports/object-store.js';
import { type Manifest, manifestId, serialiseManifest } from '../manifest.js';
import type { Versions } from '../three-way.js';
import type { DirectoryVersion } from './load.js';

/**
 * Stores a merged manifest; its id. Everything that it names is named by a manifest that is in the store, so its
 * objects are there.
 */
export async function uploadMerged(
  store: ObjectStore,
  manifest: Manifest,
  versions: Versions<DirectoryVersion>,
): Promise<string> {
  const bytes = serialiseManifest(manifest);
  const id = manifestId(bytes);
  if (id !== versions.ours.id && id !== versions.theirs.id) await store.put(id, bytes);
  return id;
}
