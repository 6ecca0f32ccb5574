import { claimObjects } from '../claims/claim.js';
import { type Manifest, manifestId, serialiseManifest } from '../manifest.js';
import { requireManifests } from '../require-manifests.js';
import type { Versions } from '../three-way.js';
import type { DirectoryVersion } from './load.js';
import type { MergeStore } from './tools.js';

/**
 * Stores a merged manifest; its id. Everything that it names is named by a manifest that is in the store, so its
 * objects are there. That was true when the manifests were read, and is asked again once `data gc` keeps away from them.
 */
export async function uploadMerged(
  { store, notes }: MergeStore,
  manifest: Manifest,
  versions: Versions<DirectoryVersion>,
): Promise<string> {
  const bytes = serialiseManifest(manifest);
  const id = manifestId(bytes);
  const sides = [versions.ours.id, versions.theirs.id].filter((side) => side !== null);
  if (sides.includes(id)) return id;
  await claimObjects(notes, [id, ...sides]);
  await requireManifests(store, sides);
  await store.put(id, bytes);
  return id;
}
