import { readFile, writeFile } from 'node:fs/promises';
import { isWmsError, retold, type WmsError } from '../../errors.js';
import { mergeManifests, type Versions } from '../three-way.js';
import { MERGE_BY_HAND, pointerConflict } from './conflicts.js';
import { openVersions } from './load.js';
import { type SideLabels, withMarkers } from './markers.js';
import { refuseNested } from './nested.js';
import { mergedPointerText } from './pointer-text.js';
import type { MergeStore } from './tools.js';
import { uploadMerged } from './upload.js';

export interface DriverCall {
  /** Temporary files that Git made; the result goes to `ours`. */
  readonly files: Versions<string>;
  /** The pointer, from the top of the repository. */
  readonly pointer: string;
  readonly labels: SideLabels;
}

/**
 * What Git calls for a pointer that both sides of a merge changed. Whatever keeps it from merging, both pointers are left
 * between markers: a file that held one side only could be committed, and the other side's images would be gone.
 */
export async function runMergeDriver(call: DriverCall, openStore: () => Promise<MergeStore>): Promise<void> {
  const { files, pointer } = call;
  const [base, ours, theirs] = await Promise.all(
    [files.base, files.ours, files.theirs].map((path) => readFile(path, 'utf8')),
  );
  if (base === undefined || ours === undefined || theirs === undefined) throw new Error('Git gave no files');
  try {
    // Git gives an empty file for a version that is not there.
    const texts = { base: base === '' ? null : base, ours, theirs };
    await writeFile(files.ours, await mergeOne(await openStore(), pointer, texts));
  } catch (error) {
    await writeFile(files.ours, withMarkers({ ours, theirs }, call.labels));
    throw isWmsError(error) ? thenMergeByHand(error) : error;
  }
}

async function mergeOne(
  places: MergeStore,
  pointer: string,
  texts: Versions<string | null>,
): Promise<string> {
  const versions = await openVersions(places.store, pointer).all(texts);
  const { base, ours, theirs } = versions;
  const { merged, changes, conflicts } = mergeManifests({
    base: base.manifest,
    ours: ours.manifest,
    theirs: theirs.manifest,
  });
  if (conflicts.length > 0) throw pointerConflict(pointer, conflicts);
  refuseNested(pointer, merged, changes);
  const id = await uploadMerged(places, merged, versions);
  const path = pointer.replace(/\.dvc$/, '');
  const text = mergedPointerText(versions, { path, id, manifest: merged, changes }, null);
  if (text === null) throw pointerConflict(pointer, []);
  return text;
}

function thenMergeByHand(error: WmsError): WmsError {
  const { next } = error;
  if (next === undefined || next.includes(MERGE_BY_HAND)) return error;
  return retold(error, { next: `${next}\nThen merge the pointers: ${MERGE_BY_HAND}` });
}
