import type { Role } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import { stemOf } from '../stem.js';
import { compareCodePoints } from './code-points.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { nestedWith } from './nesting.js';
import { countPairs, entriesOfStem, indexOf } from './pairs.js';

/** Both directories of the dataset at one version. */
export type DatasetManifests = Readonly<Record<Role, Manifest>>;

/** A file that a push brings. */
export interface IncomingFile extends ManifestEntry {
  readonly role: Role;
}

type MergeChange = IncomingFile &
  ({ readonly kind: 'new' | 'unchanged' } | { readonly kind: 'replaced'; readonly oldMd5: string });

/** In pairs: an image and its mask. */
export interface PairCounts {
  /** In the dataset before. */
  readonly existing: number;
  /** Complete after, but not before. */
  readonly new: number;
  /** Complete before, and the image's or the mask's bytes changed. */
  readonly replaced: number;
  /** In the dataset after. */
  readonly total: number;
  /** Complete before, in the push, with the bytes that the dataset has. */
  readonly unchanged: number;
}

export interface MergePlan {
  /** A directory that does not change keeps the very array of the base. */
  readonly merged: DatasetManifests;
  /** One per incoming file: images first, then by path. */
  readonly changes: readonly MergeChange[];
  readonly counts: PairCounts;
  /** Replacing an image needs somebody's consent. */
  readonly replacedImages: readonly MergeChange[];
  /** Replacing a mask is a relabel. */
  readonly replacedMasks: readonly MergeChange[];
}

export const ROLES: readonly Role[] = ['images', 'masks'];

/** What the dataset becomes when these files are added to it. Nothing is ever removed. */
export function planMerge(input: {
  readonly base: DatasetManifests;
  readonly incoming: readonly IncomingFile[];
}): MergePlan {
  const { base } = input;
  const changes = ROLES.flatMap((role) => changesOf(role, base[role], input.incoming));
  const merged = {
    images: applyChanges(base.images, ofRole(changes, 'images')),
    masks: applyChanges(base.masks, ofRole(changes, 'masks')),
  };
  const replaced = changes.filter((change) => change.kind === 'replaced');
  return {
    merged,
    changes,
    counts: count(base, merged, changes),
    replacedImages: ofRole(replaced, 'images'),
    replacedMasks: ofRole(replaced, 'masks'),
  };
}

function ofRole(changes: readonly MergeChange[], role: Role): MergeChange[] {
  return changes.filter((change) => change.role === role);
}

function changesOf(role: Role, base: Manifest, incoming: readonly IncomingFile[]): MergeChange[] {
  const files = incoming
    .filter((file) => file.role === role)
    .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
  return files.map(({ relpath, md5 }, at): MergeChange => {
    if (relpath === files[at + 1]?.relpath) throw new Error(`${role}: ${relpath} comes twice in one merge`);
    const old = base[indexOf(base, relpath)];
    if (old?.relpath !== relpath) return { role, relpath, md5, kind: 'new' };
    if (old.md5 === md5) return { role, relpath, md5, kind: 'unchanged' };
    return { role, relpath, md5, kind: 'replaced', oldMd5: old.md5 };
  });
}

/** `changes` are sorted, so one walk places them all. */
function applyChanges(base: Manifest, changes: readonly MergeChange[]): Manifest {
  const effective = changes.filter((change) => change.kind !== 'unchanged');
  if (effective.length === 0) return base;
  const merged: ManifestEntry[] = [];
  let from = 0;
  for (const { relpath, md5, kind } of effective) {
    const to = indexOf(base, relpath);
    for (; from < to; from++) merged.push(base[from] as ManifestEntry);
    merged.push({ md5, relpath });
    if (kind === 'replaced') from++;
  }
  for (; from < base.length; from++) merged.push(base[from] as ManifestEntry);
  for (const { role, relpath, kind } of effective) if (kind === 'new') refuseNesting(merged, role, relpath);
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
    next: 'Rename the new file, commit and push again.',
  });
}

function count(
  base: DatasetManifests,
  merged: DatasetManifests,
  changes: readonly MergeChange[],
): PairCounts {
  const kindsOf = new Map<string, Set<MergeChange['kind']>>();
  for (const { relpath, kind } of changes) {
    const stem = stemOf(relpath);
    kindsOf.set(stem, (kindsOf.get(stem) ?? new Set()).add(kind));
  }
  const tally = { new: 0, replaced: 0, unchanged: 0 };
  for (const [stem, kinds] of kindsOf) {
    if (!isPair(base, stem)) tally.new += isPair(merged, stem) ? 1 : 0;
    else if (kinds.has('replaced')) tally.replaced++;
    else if (!kinds.has('new')) tally.unchanged++;
  }
  const existing = countPairs(base.images, base.masks);
  return { existing, ...tally, total: existing + tally.new };
}

function isPair(dataset: DatasetManifests, stem: string): boolean {
  return entriesOfStem(dataset.images, stem).length > 0 && entriesOfStem(dataset.masks, stem).length > 0;
}
