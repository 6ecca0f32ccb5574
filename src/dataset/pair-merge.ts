import { ROLES, type Role } from '../config/schema.js';
import { stemOf } from '../stem.js';
import { compareCodePoints } from './code-points.js';
import type { Manifest } from './manifest.js';
import type { DatasetManifests } from './merge-plan.js';
import { entriesOfStem } from './pairs.js';
import { decide, type FileChange, mergeManifests, type Side, type Versions, withFiles } from './three-way.js';

export interface PairConflict {
  readonly stem: string;
  /** Everything of the pair that a side changed, images first. */
  readonly files: readonly (FileChange & { readonly role: Role })[];
}

export interface DatasetMerge {
  /** Without the files in `conflicts`. */
  readonly merged: DatasetManifests;
  readonly changes: Readonly<Record<Role, readonly FileChange[]>>;
  readonly conflicts: readonly PairConflict[];
}

/**
 * Merges both directories. A pair is one thing: when each side changed a part of it, and the result is a combination of
 * image and mask that neither side has looked at, the whole pair conflicts.
 */
export function mergeDatasets(versions: Versions<DatasetManifests>): DatasetMerge {
  const merges = {
    images: mergeManifests(ofRole(versions, 'images')),
    masks: mergeManifests(ofRole(versions, 'masks')),
  };
  const perFile = { images: merges.images.merged, masks: merges.masks.merged };
  const pairs = new Map<string, (FileChange & { role: Role })[]>();
  for (const role of ROLES) {
    for (const change of merges[role].changes) {
      const stem = stemOf(change.relpath);
      const files = pairs.get(stem);
      if (files) files.push({ ...change, role });
      else pairs.set(stem, [{ ...change, role }]);
    }
  }
  const conflicts = [...pairs]
    .map(([stem, files]) => ({ stem, files }))
    .filter((pair) => isConflict(pair, perFile))
    .sort((a, b) => compareCodePoints(a.stem, b.stem));
  const without = (role: Role): Manifest =>
    withFiles(
      perFile[role],
      filesOf(conflicts, role).map(({ relpath }) => ({ relpath, md5: null })),
    );
  return {
    merged: { images: without('images'), masks: without('masks') },
    changes: { images: merges.images.changes, masks: merges.masks.changes },
    conflicts,
  };
}

/** `manifest` with the pairs in `conflicts` as one side has them. */
export function takeSide(
  manifest: Manifest,
  role: Role,
  conflicts: readonly PairConflict[],
  side: Side,
): Manifest {
  const files = filesOf(conflicts, role).map((file) => ({ relpath: file.relpath, md5: file[side] }));
  return withFiles(manifest, files);
}

function ofRole({ base, ours, theirs }: Versions<DatasetManifests>, role: Role): Versions<Manifest> {
  return { base: base[role], ours: ours[role], theirs: theirs[role] };
}

function filesOf(conflicts: readonly PairConflict[], role: Role) {
  return conflicts
    .flatMap(({ files }) => files)
    .filter((file) => file.role === role)
    .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
}

function isConflict({ stem, files }: PairConflict, perFile: DatasetManifests): boolean {
  const changedBy = (side: Side) => files.some((file) => file[side] !== file.base);
  if (!changedBy('ours') || !changedBy('theirs')) return false;
  const results = files.map(decide);
  if (results.includes(undefined)) return true;
  const isAsIn = (side: Side) => files.every((file, at) => file[side] === results[at]);
  if (isAsIn('ours') || isAsIn('theirs')) return false;
  // One brings the image, the other its mask.
  const onlyAdditions = files.every(({ base }) => base === null);
  return !onlyAdditions || ROLES.some((role) => entriesOfStem(perFile[role], stem).length > 1);
}
