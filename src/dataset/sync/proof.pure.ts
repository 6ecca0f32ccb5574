import type { Role } from '../../config/schema.js';
import { stemOf } from '../../stem.js';
import type { Manifest } from '../manifest.js';
import { entriesOfStem, hasFile } from '../pairs.js';

/** A raw file at the local branch's tip. */
export interface RawBytes {
  readonly role: Role;
  readonly path: string;
  readonly relpath: string;
  /** Null for what has no bytes: a submodule. */
  readonly md5: string | null;
  /** When the commit was made that brought these bytes. */
  readonly committedAt: Date;
}

/**
 * How the dataset holds a raw file's bytes: under its name, under another one, or in an earlier version of the dataset
 * than the remote's branch has now.
 */
export type Proof = 'same-name' | 'other-name' | 'earlier';

export type Manifests = Readonly<Record<Role, Manifest>>;

export interface Proofs {
  readonly proven: ReadonlyMap<RawBytes, Proof>;
  readonly unproven: readonly RawBytes[];
}

/**
 * Proof by the dataset as the remote's branch has it. The same bytes under another name count for a name that the
 * dataset does not have. For one that it has they may be a new label that happens to look like another pair's (two
 * masks that mark nothing, say), which must not get lost.
 */
export function proveByDataset(files: readonly RawBytes[], dataset: Manifests): Proofs {
  const stored: Record<Role, Set<string>> = { images: new Set(), masks: new Set() };
  const wanted = new Set(files.map(({ md5 }) => md5));
  for (const role of ['images', 'masks'] as const)
    for (const { md5 } of dataset[role]) if (wanted.has(md5)) stored[role].add(md5);
  return sort(files, ({ role, relpath, md5 }) => {
    const manifest = dataset[role];
    if (md5 === null) return null;
    if (hasFile(manifest, relpath, md5)) return 'same-name';
    const isNewName = entriesOfStem(manifest, stemOf(relpath)).length === 0;
    return isNewName && stored[role].has(md5) ? 'other-name' : null;
  });
}

/**
 * Proof by a version that the remote's branch had before: a teammate has replaced or removed the file since. A version
 * older than the commit proves nothing, because that commit brings old bytes back on purpose.
 */
export function proveByVersion(
  files: readonly RawBytes[],
  version: Manifests,
  versionCommittedAt: Date,
): Proofs {
  return sort(files, ({ role, relpath, md5, committedAt }) => {
    if (md5 === null || committedAt > versionCommittedAt) return null;
    return hasFile(version[role], relpath, md5) ? 'earlier' : null;
  });
}

function sort(files: readonly RawBytes[], proofOf: (file: RawBytes) => Proof | null): Proofs {
  const proven = new Map<RawBytes, Proof>();
  const unproven: RawBytes[] = [];
  for (const file of files) {
    const proof = proofOf(file);
    if (proof === null) unproven.push(file);
    else proven.set(file, proof);
  }
  return { proven, unproven };
}
