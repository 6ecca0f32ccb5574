import { lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { localError } from '../../clone/local-error.js';
import { isTemporary, removeLeftovers } from '../../clone/place-file.js';
import { type Config, ROLES, type Role } from '../../config/schema.js';
import type { DatasetManifests } from '../merge-plan.js';

/** Where files of the dataset are put. */
export interface Target {
  /** For people: the directory given, or the top of the repository. */
  readonly place: string;
  /** The dataset's own directories, where `git status` and training look. */
  readonly inPlace: boolean;
  /** Absolute. */
  readonly roots: Readonly<Record<Role, string>>;
}

/** The dataset directories, or `images` and `masks` below `directory`. */
export function openTarget(topLevel: string, config: Config, directory: string | undefined): Target {
  const place = directory === undefined ? topLevel : resolve(directory);
  const below = (role: Role) => join(place, directory === undefined ? config.dataset[role] : role);
  return {
    place,
    inPlace: directory === undefined,
    roots: { images: below('images'), masks: below('masks') },
  };
}

/** Paths that are no directories where these files need one; a link could lead out of the target. */
export async function blockedPaths(target: Target, wanted: DatasetManifests): Promise<string[]> {
  const blocked: string[] = [];
  for (const role of ROLES) {
    const root = target.roots[role];
    // The dataset directory itself may be a link to a larger disk.
    const top = await stat(root).catch(() => null);
    if (top !== null && !top.isDirectory()) blocked.push(`${root} is not a directory`);
    for (const directory of directoriesOf(wanted[role].map(({ relpath }) => relpath))) {
      const found = await lstat(join(root, directory)).catch(() => null);
      if (found !== null && !found.isDirectory()) blocked.push(`${join(root, directory)} is not a directory`);
    }
  }
  return blocked;
}

/** Every directory that these relative paths go through. */
export function directoriesOf(relpaths: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const relpath of relpaths) {
    for (let place = dirname(relpath); place !== '.' && !found.has(place); place = dirname(place)) {
      found.add(place);
    }
  }
  return found;
}

/** Relative paths of the files below a root. What killed pulls left there is removed. */
export async function listFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw localError(error, root);
  });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  await removeLeftovers(paths.filter(isTemporary));
  return paths.filter((path) => !isTemporary(path)).map((path) => relative(root, path).split(sep).join('/'));
}
