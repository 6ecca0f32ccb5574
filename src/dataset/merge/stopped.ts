import type { Role } from '../../config/schema.js';
import { EXIT, WmsError } from '../../errors.js';
import type { StoppedMerge, UnmergedPath } from '../../ports/stopped-merge.js';
import type { Versions } from '../three-way.js';
import { type DirectoryVersion, openVersions } from './load.js';
import { splitMarkers } from './markers.js';
import type { MergeTools } from './tools.js';

/** One pointer of a merge that has stopped. */
export interface StoppedPointer {
  readonly path: string;
  readonly versions: Versions<DirectoryVersion>;
  /** What Git, its driver or a person has decided already. Null: it is still to be merged. */
  readonly settled: DirectoryVersion | null;
}

/** Both pointers, from the three versions that Git keeps of an undecided file, or from the commits of the merge. */
export async function readStopped(
  tools: MergeTools,
  stopped: StoppedMerge | null,
  unmerged: readonly UnmergedPath[],
): Promise<Readonly<Record<Role, StoppedPointer>>> {
  const read = (role: Role) => {
    const path = `${tools.config.dataset[role]}.dvc`;
    const stages = unmerged.find((entry) => entry.path === path);
    return stages === undefined ? readDecided(tools, path, stopped) : readUndecided(tools, stages);
  };
  const [images, masks] = await Promise.allSettled([read('images'), read('masks')]);
  // Where both fail, always the same one is told.
  if (images.status === 'rejected') throw images.reason;
  if (masks.status === 'rejected') throw masks.reason;
  return { images: images.value, masks: masks.value };
}

async function readUndecided({ store, merging }: MergeTools, stages: UnmergedPath): Promise<StoppedPointer> {
  const { path } = stages;
  const text = async (version: keyof Versions<string>) => {
    const oid = stages[version];
    return oid === null ? null : (await merging.blob(oid)).toString();
  };
  const [base = null, ours = null, theirs = null] = await Promise.all(
    (['base', 'ours', 'theirs'] as const).map(text),
  );
  if (ours === null || theirs === null) throw pointerDeleted(path, ours === null ? 'ours' : 'theirs');
  return { path, versions: await openVersions(store, path).all({ base, ours, theirs }), settled: null };
}

async function readDecided(
  tools: MergeTools,
  path: string,
  stopped: StoppedMerge | null,
): Promise<StoppedPointer> {
  const { store, merging } = tools;
  const staged = (await merging.staged(path))?.toString() ?? null;
  const withMarkers = staged !== null && splitMarkers(staged) !== null;
  const texts = await textsOfCommits(tools, path, stopped);
  const load = openVersions(store, path);
  if (withMarkers) {
    if (texts === null) throw markersWithoutMerge(path);
    return { path, versions: await load.all(texts), settled: null };
  }
  const settled = await load.one(staged);
  const versions = texts === null ? { base: settled, ours: settled, theirs: settled } : await load.all(texts);
  return { path, versions, settled };
}

/** Null when the commits do not tell a common ancestor. */
async function textsOfCommits(
  { git }: MergeTools,
  path: string,
  stopped: StoppedMerge | null,
): Promise<Versions<string | null> | null> {
  if (stopped === null) return null;
  const { base, ours, theirs } = stopped;
  if (base === null || theirs === null) return null;
  const text = async (commit: string) => (await git.readFile(commit, path))?.toString() ?? null;
  return { base: await text(base), ours: await text(ours), theirs: await text(theirs) };
}

function pointerDeleted(path: string, side: string): WmsError {
  return new WmsError({
    kind: 'merge/pointer-deleted',
    code: EXIT.conflict,
    what: `${path}: ${side} deleted the pointer itself, the other side changed it.`,
    why: 'Without it the directory is no part of the dataset any more; that is for you to decide.',
    next: `Keep it: git add ${path}. Or delete it: git rm ${path}. Then: npx wms data merge`,
  });
}

function markersWithoutMerge(path: string): WmsError {
  return new WmsError({
    kind: 'merge/versions-unknown',
    code: EXIT.usage,
    what: `${path} holds the conflict markers of a merge that Git does not know any more.`,
    why: 'Without the common ancestor nobody can tell what was added and what deleted.',
    next: `Take the pointer of before (git log -- ${path}; git checkout COMMIT -- ${path}), then merge again: npx wms data merge REV`,
  });
}
