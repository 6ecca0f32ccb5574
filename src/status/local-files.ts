import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { type Config, ROLES } from '../config/schema.js';
import { md5OfTarget, recordName } from '../dataset/pull/compare.js';
import type { TargetRecord } from '../dataset/pull/record.js';
import { listFiles, type Target } from '../dataset/pull/target.js';
import { datasetPath, type RawFile } from '../dataset/raw-files.js';
import { findLocalCommits } from '../dataset/sync/local-commits.js';
import { md5Of } from '../md5.pure.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { LocalFile } from './news.pure.js';

const LOOKS_AT_ONCE = 32;

/** Reads only what was touched since the last pull or status. */
export async function findLocalFiles(
  git: GitRepository,
  config: Config,
  target: Target,
  record: TargetRecord,
  upstream: Oid | null,
): Promise<LocalFile[]> {
  const directories = ROLES.map((role) => config.dataset[role]);
  const head = await git.resolveCommit('HEAD');
  const [raw, changed, working] = await Promise.all([
    head === null ? [] : rawFilesOf(git, config, head, upstream),
    head === null ? [] : git.changedFiles(directories),
    filesOnDisk(config, target, record),
  ]);
  const otherwise = new Set(changed);
  // Of these, a push takes other bytes than the working tree has.
  const [stale, current] = partition(raw, ({ path }) => otherwise.has(path));
  const committed = new Set(current.map(({ path }) => path));
  const here = working.map((file) => ({ ...file, committed: committed.has(file.path) }));
  return [...here, ...(await withMd5(git, stale))];
}

async function rawFilesOf(git: GitRepository, config: Config, head: Oid, upstream: Oid | null) {
  if (upstream !== null) return (await findLocalCommits(git, config, head, upstream)).raw.files;
  const directories = ROLES.map((role) => config.dataset[role]);
  const entries = await git.filesBelow(head, directories);
  return entries.flatMap(({ path, mode, oid }): RawFile[] => {
    const place = datasetPath(config, path);
    return place === null ? [] : [{ ...place, path, mode, source: { blob: oid } }];
  });
}

async function filesOnDisk(
  config: Config,
  target: Target,
  record: TargetRecord,
): Promise<Omit<LocalFile, 'committed'>[]> {
  const limit = pLimit(LOOKS_AT_ONCE);
  const found = await Promise.all(
    ROLES.map(async (role) => {
      const relpaths = await listFiles(target.roots[role]);
      return limit.map(relpaths, async (relpath) => {
        const path = `${config.dataset[role]}/${relpath}`;
        if (datasetPath(config, path) === null) return [];
        const file = join(target.roots[role], relpath);
        // A hundred thousand times: handed to another thread, it would take three times as long.
        const stats = lstatSync(file, { throwIfNoEntry: false });
        if (stats === undefined) return [];
        const md5 = await md5OfTarget(recordName({ role, relpath }), file, stats, record);
        return md5 === null ? [] : [{ role, path, relpath, md5 }];
      });
    }),
  );
  return found.flat(2);
}

async function withMd5(git: GitRepository, files: readonly RawFile[]): Promise<LocalFile[]> {
  const blobs = files.flatMap(({ source, ...file }) =>
    'blob' in source && file.mode !== SUBMODULE ? [{ ...file, blob: source.blob }] : [],
  );
  const result: LocalFile[] = [];
  let at = 0;
  for await (const { bytes } of git.readObjects(blobs.map(({ blob }) => blob))) {
    const file = blobs[at++];
    if (file === undefined) continue;
    const { role, path, relpath } = file;
    const md5 = md5Of(bytes);
    result.push({ role, path, relpath, md5, committed: true });
  }
  return result;
}

const SUBMODULE = '160000';

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
