import { ROLES, type Role } from '../../config/schema.js';
import { stemOf } from '../../stem.js';
import type { Manifest } from '../manifest.js';
import type { DatasetManifests } from '../merge-plan.js';
import { entriesOfStem } from '../pairs.js';
import { changesOf } from '../three-way.js';

/** A file that changed, with its MD5 in both versions. Null: it is not there. */
export interface FileDiff {
  readonly role: Role;
  /** Below the dataset directory. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** All that changed under one name, and whether there was and is an image and a mask. */
export interface StemChange {
  readonly stem: string;
  /** Images first, then by path. */
  readonly files: readonly FileDiff[];
  readonly before: Halves;
  readonly after: Halves;
}

export type Halves = Readonly<Record<Role, boolean>>;

/** One walk through each directory; a directory that is the very same list is not walked. */
export function changedStems(before: DatasetManifests, after: DatasetManifests): StemChange[] {
  const byStem = new Map<string, FileDiff[]>();
  for (const role of ROLES) {
    if (before[role] === after[role]) continue;
    const versions = { base: before[role], ours: after[role], theirs: before[role] };
    for (const { relpath, base, ours } of changesOf(versions)) {
      const file = { role, path: relpath, before: base, after: ours };
      const stem = stemOf(relpath);
      const known = byStem.get(stem);
      if (known === undefined) byStem.set(stem, [file]);
      else known.push(file);
    }
  }
  return [...byStem].map(([stem, files]) => {
    const halves = (version: 'before' | 'after') => {
      const has = (role: Role) =>
        files.some((file) => file.role === role && file[version] !== null) ||
        hasUnchanged(before[role], after[role], stem, pathsOf(files, role));
      return { images: has('images'), masks: has('masks') };
    };
    return { stem, files, before: halves('before'), after: halves('after') };
  });
}

function pathsOf(files: readonly FileDiff[], role: Role): string[] {
  return files.filter((file) => file.role === role).map(({ path }) => path);
}

/** What did not change is in both versions: the smaller one is searched. */
function hasUnchanged(before: Manifest, after: Manifest, stem: string, changed: readonly string[]): boolean {
  const entries = entriesOfStem(before.length < after.length ? before : after, stem);
  return entries.some(({ relpath }) => !changed.includes(relpath));
}
