import { ROLES, type Role } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import { stemOf } from '../stem.js';
import { compareCodePoints } from './code-points.js';
import type { Manifest } from './manifest.js';
import { nestedWith } from './nesting.js';
import { countPairs, entriesOfStem, indexOf } from './pairs.js';
import { type FileState, withFiles } from './three-way.js';

/** Both directories of the dataset at one version. */
export type DatasetManifests = Readonly<Record<Role, Manifest>>;

/** A file of the dataset, and what it becomes. Null: it is not in the dataset afterwards. */
export type FileEdit = FileState & { readonly role: Role };

type MergeChange = { readonly role: Role; readonly relpath: string } & (
  | { readonly kind: 'new'; readonly md5: string }
  | { readonly kind: 'replaced'; readonly md5: string; readonly oldMd5: string }
  | { readonly kind: 'removed'; readonly md5: null; readonly oldMd5: string }
  | { readonly kind: 'unchanged'; readonly md5: string | null }
);

/** In pairs: an image and its mask. */
export interface PairCounts {
  /** In the dataset before. */
  readonly existing: number;
  /** Complete after, but not before. */
  readonly new: number;
  /** Complete before and after, and the image or the mask is another file or has other bytes. */
  readonly replaced: number;
  /** Complete before, but not after. */
  readonly removed: number;
  /** In the dataset after. */
  readonly total: number;
  /** Complete before, among the edits, with the bytes that the dataset has. */
  readonly unchanged: number;
}

/** A change of the dataset, whatever asked for it: raw files of a push or of the working tree, `data rm`, `data restore`. */
export interface MergePlan {
  /** A directory that does not change keeps the very array of the base. */
  readonly merged: DatasetManifests;
  /** One per edit: images first, then by path. */
  readonly changes: readonly MergeChange[];
  readonly counts: PairCounts;
  /** Images that get other bytes, which needs somebody's consent. Replacing a mask is a relabel. */
  readonly replacedImages: readonly MergeChange[];
  /** Stems of pairs, and of files without a partner, that leave the dataset: this needs consent, too. */
  readonly removed: readonly string[];
}

/** What the dataset becomes with these edits. Throws WmsError `merge/file-and-directory` (exit code 6). */
export function planMerge(input: {
  readonly base: DatasetManifests;
  readonly edits: readonly FileEdit[];
}): MergePlan {
  const { base } = input;
  const changes = ROLES.flatMap((role) => changesOf(role, base[role], input.edits));
  const merged = { images: mergedOf('images', base, changes), masks: mergedOf('masks', base, changes) };
  return {
    merged,
    changes,
    ...tally(base, merged, changes),
    replacedImages: changes.filter(({ role, kind }) => role === 'images' && kind === 'replaced'),
  };
}

function changesOf(role: Role, base: Manifest, edits: readonly FileEdit[]): MergeChange[] {
  const files = edits
    .filter((file) => file.role === role)
    .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
  return files.map(({ relpath, md5 }, at): MergeChange => {
    if (relpath === files[at + 1]?.relpath) throw new Error(`${role}: ${relpath} comes twice in one merge`);
    const entry = base[indexOf(base, relpath)];
    const oldMd5 = entry?.relpath === relpath ? entry.md5 : null;
    if (md5 === oldMd5) return { role, relpath, kind: 'unchanged', md5 };
    if (oldMd5 === null) return { role, relpath, kind: 'new', md5: md5 as string };
    if (md5 === null) return { role, relpath, kind: 'removed', md5, oldMd5 };
    return { role, relpath, kind: 'replaced', md5, oldMd5 };
  });
}

function mergedOf(role: Role, base: DatasetManifests, changes: readonly MergeChange[]): Manifest {
  const ofRole = changes.filter((change) => change.role === role);
  const merged = withFiles(base[role], ofRole);
  for (const { relpath, kind } of ofRole) if (kind === 'new') refuseNesting(merged, role, relpath);
  return merged;
}

function refuseNesting(merged: Manifest, role: Role, relpath: string): void {
  const other = nestedWith(merged, relpath);
  if (other === undefined) return;
  throw new WmsError({
    kind: 'merge/file-and-directory',
    code: EXIT.conflict,
    what: `${role}: ${relpath} cannot be in the dataset together with ${other}.`,
    why: 'One path would be a file and a directory at once.',
    next: `Rename the new file, commit and push again; or take the other one out: npx wms data rm`,
  });
}

function tally(
  base: DatasetManifests,
  merged: DatasetManifests,
  changes: readonly MergeChange[],
): Pick<MergePlan, 'counts' | 'removed'> {
  const kindsOf = new Map<string, Set<MergeChange['kind']>>();
  for (const { relpath, kind } of changes) {
    const stem = stemOf(relpath);
    kindsOf.set(stem, (kindsOf.get(stem) ?? new Set()).add(kind));
  }
  const pairs = { new: 0, replaced: 0, removed: 0, unchanged: 0 };
  const removed: string[] = [];
  for (const [stem, kinds] of kindsOf) {
    const [before, after] = [isPair(base, stem), isPair(merged, stem)];
    if (kinds.has('removed') && !after) removed.push(stem);
    if (!before) pairs.new += after ? 1 : 0;
    else if (!after) pairs.removed++;
    else if (kinds.has('replaced') || kinds.has('removed')) pairs.replaced++;
    else if (!kinds.has('new')) pairs.unchanged++;
  }
  const existing = countPairs(base.images, base.masks);
  const counts = { existing, ...pairs, total: existing + pairs.new - pairs.removed };
  return { counts, removed: removed.sort(compareCodePoints) };
}

function isPair(dataset: DatasetManifests, stem: string): boolean {
  return entriesOfStem(dataset.images, stem).length > 0 && entriesOfStem(dataset.masks, stem).length > 0;
}
