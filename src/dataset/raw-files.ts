import { type Config, ROLES, type Role } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import type { CommitChanges, Oid, TreeEntry } from '../ports/git-repository.js';

export interface RawFile {
  readonly role: Role;
  /** From the top of the repository. */
  readonly path: string;
  /** From the dataset directory: the name in the manifest. */
  readonly relpath: string;
  readonly mode: string;
  readonly source:
    | { readonly blob: Oid }
    /** A file of the working tree; its stamp changes with its bytes. */
    | { readonly file: string; readonly stamp: string };
}

export interface DatasetPath {
  readonly role: Role;
  readonly relpath: string;
}

/**
 * Role of a path in the dataset, or null. Names that begin with a dot (`.gitkeep`, `.DS_Store`) are no raw files:
 * Git keeps them.
 */
export function datasetPath(config: Config, path: string): DatasetPath | null {
  for (const role of ROLES) {
    const prefix = `${config.dataset[role]}/`;
    if (!path.startsWith(prefix)) continue;
    const relpath = path.slice(prefix.length);
    return relpath.split('/').some((part) => part.startsWith('.')) ? null : { role, relpath };
  }
  return null;
}

export interface RawFilesInput {
  readonly config: Config;
  readonly commits: readonly CommitChanges[];
  /** Files below the dataset directories in the pushed commit, and in the remote's branch. */
  readonly tipEntries: readonly TreeEntry[];
  readonly baseEntries: readonly TreeEntry[];
}

export interface RawFiles {
  /** Raw files that the pushed commit holds and the remote's branch does not. */
  readonly files: readonly RawFile[];
  /** Paths that commits of the push added or changed, and later ones removed: nothing to publish, but to strip. */
  readonly removedAgain: readonly string[];
  /** Every path to take out of the rewritten commits, with what the remote's branch has there (usually null). */
  readonly strip: ReadonlyMap<string, TreeEntry | null>;
}

/** Which raw files a push brings. Pure. */
export function findRawFiles({ config, commits, tipEntries, baseEntries }: RawFilesInput): RawFiles {
  const tip = new Map(tipEntries.map((entry) => [entry.path, entry]));
  const base = new Map(baseEntries.map((entry) => [entry.path, entry]));
  const touched = new Set<string>();
  for (const { changes } of commits) {
    for (const change of changes) {
      if (change.status === 'D' || base.get(change.path)?.oid === change.newOid) continue;
      if (datasetPath(config, change.path) !== null) touched.add(change.path);
    }
  }
  const paths = [...touched].sort();
  const files = paths.flatMap((path): RawFile[] => {
    const entry = tip.get(path);
    const place = datasetPath(config, path);
    if (entry === undefined || place === null || base.get(path)?.oid === entry.oid) return [];
    return [{ ...place, path, mode: entry.mode, source: { blob: entry.oid } }];
  });
  return {
    files,
    removedAgain: paths.filter((path) => !tip.has(path)),
    strip: new Map(paths.map((path) => [path, base.get(path) ?? null])),
  };
}

/** Manifests are Unicode text: with other names, files could neither be listed nor taken out of the commits. */
export function refuseOddNames({ strip }: RawFiles): void {
  const odd = [...strip.keys()].filter((path) => path.includes('\ufffd'));
  if (odd.length === 0) return;
  throw new WmsError({
    kind: 'images/names',
    code: EXIT.images,
    what: `${odd.length === 1 ? 'A file has a name' : `${odd.length} files have names`} that cannot be in a dataset.`,
    why: odd.map((path) => `${path} is not UTF-8 text`).join('\n'),
    next: 'Rename them in the commits that bring them (git rebase --interactive), then push again.',
  });
}

/** A dataset directory that is a link or a file, or lies below one, would hide where its files really are. */
export function refuseOddDirectory(directory: string, { path, mode }: { path: string; mode: string }): void {
  if (mode === '040000') return;
  const kinds: Record<string, string> = { '120000': 'a symbolic link', '160000': 'a submodule' };
  const kind = kinds[mode] ?? 'a file';
  throw new WmsError({
    kind: 'dataset/not-a-directory',
    code: EXIT.usage,
    what:
      path === directory
        ? `The dataset directory ${path} is ${kind}.`
        : `The dataset directory ${directory} cannot be used: ${path} is ${kind}.`,
    why: 'Files behind it would not be checked or published.',
    next: `Make ${path} a real directory, or name the real one in wms.config.json.`,
  });
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
export function withParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
}
