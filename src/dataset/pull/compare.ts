import type { Stats } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { ROLES, type Role } from '../../config/schema.js';
import type { ManifestEntry } from '../manifest.js';
import type { DatasetManifests } from '../merge-plan.js';
import { md5OfFile, statsOf } from './look.js';
import type { TargetRecord } from './record.js';
import type { Target } from './target.js';

const LOOKS_AT_ONCE = 32;
const SHOWN_EVERY = 200;

/** A wanted file and what the target has in its place. */
interface WantedFile extends ManifestEntry {
  readonly role: Role;
  /** Absolute. */
  readonly file: string;
}

/** A file to write, and what stood there when it was compared; null for nothing. */
export interface FileToWrite extends WantedFile {
  readonly before: Stats | null;
}

export interface Comparison {
  readonly same: readonly WantedFile[];
  readonly absent: readonly FileToWrite[];
  readonly different: readonly (FileToWrite & { readonly md5Here: string })[];
  /** Directories and devices where a file is wanted. */
  readonly blocked: readonly string[];
}

/** Compares the target with the files wanted in it; reads only files that were touched since the last pull. */
export async function compareTarget(
  target: Target,
  wanted: DatasetManifests,
  record: TargetRecord,
  progress: (done: number, total: number) => void,
): Promise<Comparison> {
  const same: WantedFile[] = [];
  const absent: FileToWrite[] = [];
  const different: (FileToWrite & { md5Here: string })[] = [];
  const blocked: string[] = [];
  const look = async (wantedFile: WantedFile): Promise<void> => {
    const found = await statsOf(wantedFile.file);
    if (found === null) return void absent.push({ ...wantedFile, before: null });
    if (!found.isFile() && !found.isSymbolicLink())
      return void blocked.push(`${wantedFile.file} is not a file`);
    const md5Here = await md5OfTarget(recordName(wantedFile), wantedFile.file, found, record);
    if (md5Here === null) absent.push({ ...wantedFile, before: found });
    else if (md5Here === wantedFile.md5) same.push(wantedFile);
    else different.push({ ...wantedFile, before: found, md5Here });
  };
  const limit = pLimit(LOOKS_AT_ONCE);
  const files = filesOf(target, wanted);
  if (await isEmpty(target))
    return { same, absent: files.map((file) => ({ ...file, before: null })), different, blocked };
  let done = 0;
  await limit.map(files, async (wantedFile) => {
    await look(wantedFile);
    done += 1;
    if (done % SHOWN_EVERY === 0) progress(done, files.length);
  });
  return { same, absent, different, blocked };
}

/** As in a new clone: then there is nothing to look at. */
async function isEmpty({ roots }: Target): Promise<boolean> {
  const found = await Promise.all(ROLES.map((role) => statsOf(roots[role])));
  return found.every((stats) => stats === null);
}

function filesOf(target: Target, wanted: DatasetManifests): WantedFile[] {
  return ROLES.flatMap((role) =>
    wanted[role].map(({ md5, relpath }) => ({ role, relpath, md5, file: join(target.roots[role], relpath) })),
  );
}

/** A file's name in the target's record. */
export function recordName({ role, relpath }: { role: Role; relpath: string }): string {
  return `${role}/${relpath}`;
}

/** Null: a link that leads nowhere. */
export async function md5OfTarget(
  name: string,
  file: string,
  stats: Stats,
  record: TargetRecord,
): Promise<string | null> {
  // The times of a link are not those of the bytes behind it.
  const isPlain = stats.isFile();
  const remembered = isPlain ? record.md5Of(name, stats) : null;
  const md5 = remembered ?? (await md5OfFile(file));
  if (md5 !== null && isPlain) record.see(name, md5, stats);
  return md5;
}
