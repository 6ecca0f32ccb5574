import { ROLES, type Role } from '../config/schema.js';
import type { DatasetManifests } from '../dataset/merge-plan.js';
import { entriesOfStem, hasFile } from '../dataset/pairs.js';
import { stemOf } from '../stem.js';

/** An image or mask in the working tree, or in commits that the remote's branch does not have. */
export interface LocalFile {
  readonly role: Role;
  /** From the top of the repository, and from the dataset directory. */
  readonly path: string;
  readonly relpath: string;
  readonly md5: string;
  /** A push takes it. */
  readonly committed: boolean;
}

export interface NewFile extends LocalFile {
  /** `changed`: the dataset has other bytes under this name. */
  readonly change: 'new' | 'changed';
  /** Neither here nor in the dataset is there a mask for this image, or an image for this mask. */
  readonly isAlone: boolean;
}

/** Local files, by what the dataset has of them. */
export interface FileNews {
  /** What no version has. */
  readonly files: readonly NewFile[];
  /** In pairs: `files` by stem, without those that are alone. */
  readonly pairs: { readonly new: number; readonly changed: number };
  /** Files that a waiting data branch has. */
  readonly waiting: number;
  /** Files whose bytes an older version had under this name. */
  readonly older: number;
  /** Of those that the dataset has: files that local commits hold still. */
  readonly committedAndStored: number;
}

/** Files that this version does not have under their names. */
export function filesNotIn<F extends LocalFile>(files: readonly F[], version: DatasetManifests): F[] {
  return files.filter(({ role, relpath, md5 }) => !hasFile(version[role], relpath, md5));
}

/** What is new about `files`, which no version has. `all` are all local files. */
export function describeNew(
  files: readonly LocalFile[],
  all: readonly LocalFile[],
  versions: readonly DatasetManifests[],
): Pick<FileNews, 'files' | 'pairs'> {
  const stems: Record<Role, Set<string>> = { images: new Set(), masks: new Set() };
  for (const { role, relpath } of files.length === 0 ? [] : all) stems[role].add(stemOf(relpath));
  const isIn = (role: Role, stem: string) =>
    versions.some((version) => entriesOfStem(version[role], stem).length > 0);
  const described = files.map((file): NewFile => {
    const stem = stemOf(file.relpath);
    const [partner = 'masks'] = ROLES.filter((role) => role !== file.role);
    return {
      ...file,
      change: isIn(file.role, stem) ? 'changed' : 'new',
      isAlone: !stems[partner].has(stem) && !isIn(partner, stem),
    };
  });
  const paired = described.filter(({ isAlone }) => !isAlone).map(({ relpath }) => stemOf(relpath));
  const isKnown = (stem: string) => ROLES.every((role) => isIn(role, stem));
  const pairs = [...new Set(paired)];
  const changed = pairs.filter(isKnown).length;
  return { files: described, pairs: { new: pairs.length - changed, changed } };
}
