import { ROLES, type Role } from '../../config/schema.js';
import type { StoppedMerge, UnmergedPath } from '../../ports/stopped-merge.js';
import { mergeDatasets, type PairConflict, takeSide } from '../pair-merge.js';
import type { Side, Versions } from '../three-way.js';
import { DataMergeConflict } from './conflicts.js';
import { withMarkers } from './markers.js';
import { refuseNested } from './nested.js';
import { mergedPointerText } from './pointer-text.js';
import { readStopped, type StoppedPointer } from './stopped.js';
import type { MergeTools } from './tools.js';
import { uploadMerged } from './upload.js';

export interface ResolvedPointer {
  readonly path: string;
  readonly id: string;
  readonly nfiles: number;
}

export interface ResolveOptions {
  /** Whose version of a pair to keep when both sides changed it. */
  readonly take: Side | null;
  /** Git has just merged, and nobody has decided anything since. */
  readonly isFresh: boolean;
}

type Pointers = Readonly<Record<Role, StoppedPointer>>;

/**
 * Merges the pointers of what has stopped here and stages them; the pointers that were written. Throws DataMergeConflict
 * when a person has to decide.
 */
export async function resolveStopped(
  tools: MergeTools,
  stopped: StoppedMerge | null,
  { take, isFresh }: ResolveOptions,
): Promise<ResolvedPointer[]> {
  const pointers = await readStopped(tools, stopped, await tools.merging.unmerged());
  if (!isFresh && ROLES.every((role) => pointers[role].settled !== null)) return [];
  const version = (side: keyof Versions<unknown>) => ({
    images: pointers.images.versions[side].manifest,
    masks: pointers.masks.versions[side].manifest,
  });
  const merge = mergeDatasets({ base: version('base'), ours: version('ours'), theirs: version('theirs') });
  const { conflicts } = merge;
  const open = take === null ? conflicts : [];
  if (open.length > 0) {
    if (isFresh) await leaveUndecided(tools, stopped, pointers, open);
    throw new DataMergeConflict(open, [], await sidesOf(tools, stopped));
  }
  const texts = await Promise.all(
    ROLES.map(async (role) => {
      const { path, versions, settled } = pointers[role];
      const merged = settled === null ? merge.merged[role] : settled.manifest;
      const manifest = take === null ? merged : takeSide(merged, role, conflicts, take);
      if (settled !== null && manifest === settled.manifest) return null;
      const changes = merge.changes[role];
      refuseNested(path, manifest, changes);
      const id = await uploadMerged(tools, manifest, versions);
      const directory = tools.config.dataset[role];
      const text = mergedPointerText(versions, { path: directory, id, manifest, changes }, take);
      return { path, id, nfiles: manifest.length, text };
    }),
  );
  const written = texts.filter((entry) => entry !== null);
  const unclear = written.filter(({ text }) => text === null).map(({ path }) => path);
  if (unclear.length > 0) throw new DataMergeConflict([], unclear, await sidesOf(tools, stopped));
  for (const { path, text } of written) await tools.merging.settle(path, Buffer.from(text ?? ''));
  return written.map(({ path, id, nfiles }) => ({ path, id, nfiles }));
}

/**
 * Git merges a pointer that one side left alone without asking. If a pair in conflict has a part in it, it must not be
 * committed before somebody has decided.
 */
async function leaveUndecided(
  { git, merging }: MergeTools,
  stopped: StoppedMerge | null,
  pointers: Pointers,
  conflicts: readonly PairConflict[],
): Promise<void> {
  if (stopped === null) return;
  const { base, ours, theirs } = stopped;
  for (const role of ROLES) {
    const { path, settled, versions } = pointers[role];
    const concerned = conflicts.some(({ files }) => files.some((file) => file.role === role));
    if (settled === null || !concerned || versions.ours.text === null || versions.theirs.text === null)
      continue;
    const oidIn = async (commit: string | null) =>
      commit === null ? null : ((await git.treeEntry(commit, path))?.oid ?? null);
    const oids: UnmergedPath = {
      path,
      base: await oidIn(base),
      ours: await oidIn(ours),
      theirs: await oidIn(theirs),
    };
    const texts = { ours: versions.ours.text, theirs: versions.theirs.text };
    await merging.unsettle(oids, withMarkers(texts, { ours: null, theirs: null }));
  }
}

async function sidesOf({ merging }: MergeTools, stopped: StoppedMerge | null): Promise<Record<Side, string>> {
  const { ours = null, theirs = null } = stopped ?? {};
  return {
    ours: ours === null ? 'what is checked out' : await merging.describe(ours),
    theirs: theirs === null ? 'what is merged into it' : await merging.describe(theirs),
  };
}
