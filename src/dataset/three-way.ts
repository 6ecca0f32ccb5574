import { compareCodePoints } from './code-points.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { indexOf } from './pairs.js';

/** `theirs` is merged into `ours`, as Git uses these words. */
export type Side = 'ours' | 'theirs';

export type Versions<T> = Readonly<Record<Side | 'base', T>>;

/** A path that a side changed, with its MD5 in each version. Null: it is not there. */
export interface FileChange extends Versions<string | null> {
  readonly relpath: string;
}

export interface DirectoryMerge {
  /** Without the files in `conflicts`. */
  readonly merged: Manifest;
  readonly changes: readonly FileChange[];
  /** What both sides changed, and not to the same bytes. */
  readonly conflicts: readonly FileChange[];
}

/** Merges one directory. Per file: what one side changed wins, the same change counts once, anything else conflicts. */
export function mergeManifests(versions: Versions<Manifest>): DirectoryMerge {
  const changes = changesOf(versions);
  const decided = changes.map((change) => ({ relpath: change.relpath, md5: decide(change) }));
  return {
    merged: withFiles(
      versions.ours,
      decided.map(({ relpath, md5 }) => ({ relpath, md5: md5 ?? null })),
    ),
    changes,
    conflicts: changes.filter((_, at) => decided[at]?.md5 === undefined),
  };
}

/** Whether no file was changed by both sides, not even to the same bytes. */
export function isDisjoint(changes: readonly FileChange[]): boolean {
  return changes.every(({ base, ours, theirs }) => ours === base || theirs === base);
}

/** Undefined: a conflict. */
export function decide({ base, ours, theirs }: FileChange): string | null | undefined {
  if (ours === theirs || theirs === base) return ours;
  return ours === base ? theirs : undefined;
}

/** In order of path, by one walk through the three lists. */
export function changesOf({ base, ours, theirs }: Versions<Manifest>): FileChange[] {
  const changes: FileChange[] = [];
  let [atBase, atOurs, atTheirs] = [0, 0, 0];
  for (;;) {
    const heads = [base[atBase], ours[atOurs], theirs[atTheirs]] as const;
    if (isUnchanged(...heads)) {
      atBase++;
      atOurs++;
      atTheirs++;
      continue;
    }
    const relpath = lowest(heads);
    if (relpath === undefined) return changes;
    const [inBase = null, inOurs = null, inTheirs = null] = heads.map((head) =>
      head?.relpath === relpath ? head.md5 : null,
    );
    if (inBase !== null) atBase++;
    if (inOurs !== null) atOurs++;
    if (inTheirs !== null) atTheirs++;
    if (inOurs !== inBase || inTheirs !== inBase) {
      changes.push({ relpath, base: inBase, ours: inOurs, theirs: inTheirs });
    }
  }
}

/** Most of a large dataset goes this way. */
function isUnchanged(base?: ManifestEntry, ours?: ManifestEntry, theirs?: ManifestEntry): boolean {
  if (base === undefined || ours === undefined || theirs === undefined) return false;
  return isSame(base, ours) && isSame(base, theirs);
}

function isSame(a: ManifestEntry, b: ManifestEntry): boolean {
  return a.md5 === b.md5 && a.relpath === b.relpath;
}

function lowest(heads: readonly (ManifestEntry | undefined)[]): string | undefined {
  let found: string | undefined;
  for (const head of heads) {
    if (head === undefined || head.relpath === found) continue;
    if (found === undefined || compareCodePoints(head.relpath, found) < 0) found = head.relpath;
  }
  return found;
}

export interface FileState {
  readonly relpath: string;
  /** Null: not there. */
  readonly md5: string | null;
}

/** `manifest` with `files`, which are in order of path, in these states; itself when that changes nothing. */
export function withFiles(manifest: Manifest, files: readonly FileState[]): Manifest {
  const result: ManifestEntry[] = [];
  let from = 0;
  let changed = false;
  for (const { relpath, md5 } of files) {
    const at = indexOf(manifest, relpath);
    const old = manifest[at]?.relpath === relpath ? (manifest[at]?.md5 ?? null) : null;
    if (old === md5) continue;
    changed = true;
    for (; from < at; from++) result.push(manifest[from] as ManifestEntry);
    if (md5 !== null) result.push({ md5, relpath });
    if (old !== null) from++;
  }
  if (!changed) return manifest;
  for (; from < manifest.length; from++) result.push(manifest[from] as ManifestEntry);
  return result;
}
