import { md5Of } from '../../md5.pure.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { type LocalCommits, readCommits } from './local-commits.js';
import type { RawBytes } from './proof.pure.js';

/** MD5 and age of every raw file at the tip. One file's bytes are in memory at a time. */
export async function readRawBytes(git: GitRepository, { commits, raw }: LocalCommits): Promise<RawBytes[]> {
  const facts = await readCommits(git, commits);
  const broughtAt = new Map<string, Date>();
  const key = (path: string, blob: Oid) => `${blob} ${path}`;
  // A merge repeats what a side brought, at a later time: it counts only for what no other commit brought.
  const merges = commits.filter(({ parents }) => parents.length > 1);
  const others = commits.filter(({ parents }) => parents.length < 2);
  for (const { oid, changes } of [...merges, ...others])
    for (const change of changes)
      broughtAt.set(key(change.path, change.newOid), facts.get(oid)?.authoredAt ?? new Date(0));

  const files = raw.files.flatMap((file) => ('blob' in file.source ? [{ ...file, ...file.source }] : []));
  const md5s = new Map<Oid, string>();
  const blobs = files.filter(({ mode }) => mode !== SUBMODULE).map(({ blob }) => blob);
  for await (const { oid, bytes } of git.readObjects([...new Set(blobs)])) md5s.set(oid, md5Of(bytes));
  return files.map(({ role, path, relpath, blob }) => ({
    role,
    path,
    relpath,
    md5: md5s.get(blob) ?? null,
    committedAt: broughtAt.get(key(path, blob)) ?? new Date(),
  }));
}

const SUBMODULE = '160000';
