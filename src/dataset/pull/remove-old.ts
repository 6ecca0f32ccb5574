import type { Stats } from 'node:fs';
import { lstat, rm, rmdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { localError } from '../../clone/local-error.js';
import { ROLES, type Role } from '../../config/schema.js';
import type { DatasetManifests } from '../merge-plan.js';
import { indexOf } from '../pairs.js';
import { md5OfTarget, recordName } from './compare.js';
import type { KnownVersions } from './known-versions.js';
import { isUntouched, statsOf } from './look.js';
import { foldedName } from './names.pure.js';
import type { TargetRecord } from './record.js';
import { directoriesOf, listFiles, type Target } from './target.js';

/** A file that an older version has, and the version pulled has not. */
export interface OldFile {
  readonly role: Role;
  readonly relpath: string;
  readonly file: string;
  /** When it was found. */
  readonly before: Stats;
}

/**
 * Files of the target that came with an older version, unchanged since, and are not part of `version`. Files that Git
 * tracks are not ours to remove, and files that no version has are somebody's new ones.
 */
export async function findOldFiles(
  target: Target,
  version: DatasetManifests,
  known: KnownVersions,
  record: TargetRecord,
  trackedFiles: (role: Role) => Promise<ReadonlySet<string>>,
): Promise<OldFile[]> {
  const found: OldFile[] = [];
  for (const role of ROLES) {
    const root = target.roots[role];
    const wanted = new Set(version[role].map(({ relpath }) => relpath));
    const others = (await listFiles(root)).filter((relpath) => !wanted.has(relpath));
    if (others.length === 0) continue;
    const tracked = await trackedFiles(role);
    const folded = new Map(version[role].map(({ relpath }) => [foldedName(relpath), relpath]));
    const rest = new Set<string>();
    for (const relpath of others) {
      if (tracked.has(relpath)) continue;
      const alike = folded.get(foldedName(relpath));
      // On a disk that ignores case, the old name of a renamed file is the new file.
      if (alike !== undefined && (await isSameFile(join(root, alike), join(root, relpath)))) continue;
      rest.add(relpath);
    }
    if (rest.size === 0) continue;
    for await (const manifest of known.nearby(role)) {
      for (const relpath of rest) {
        const entry = manifest[indexOf(manifest, relpath)];
        if (entry?.relpath !== relpath) continue;
        const file = join(root, relpath);
        const before = await lstat(file).catch(() => null);
        if (before === null) continue;
        const old = { role, relpath, file, before };
        if ((await md5OfTarget(recordName(old), file, before, record)) !== entry.md5) continue;
        found.push(old);
        rest.delete(relpath);
      }
      if (rest.size === 0) break;
    }
  }
  return found;
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((file) => lstat(file).catch(() => null)));
  return a?.ino === b?.ino && a?.dev === b?.dev;
}

/** Removes files that are still what they were, then the directories that they leave empty. */
export async function removeOldFiles(target: Target, files: readonly OldFile[]): Promise<void> {
  for (const { file, before } of files) {
    if (!isUntouched(await statsOf(file), before)) continue;
    await rm(file, { force: true }).catch((error: unknown) => {
      throw localError(error, file);
    });
  }
  for (const role of ROLES) {
    const relpaths = files.filter((old) => old.role === role).map(({ relpath }) => relpath);
    const deepestFirst = [...directoriesOf(relpaths)].sort(
      (a, b) => b.split(posix.sep).length - a.split(posix.sep).length,
    );
    // One that still holds something stays.
    for (const directory of deepestFirst)
      await rmdir(join(target.roots[role], directory)).catch(() => undefined);
  }
}
