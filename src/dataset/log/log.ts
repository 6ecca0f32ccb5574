import { readFile } from 'node:fs/promises';
import { ROLES, type Role } from '../../config/schema.js';
import type { GitRepository, LoggedCommit, Oid, Person } from '../../ports/git-repository.js';
import type { ObjectId } from '../../ports/object-store.js';
import { ObjectCache } from '../cache/cache.js';
import { originOf, publishedCounts } from '../commit-message.pure.js';
import { resolveRevision } from '../revision.js';
import type { DatasetTools } from '../tools.js';
import { requirePointers } from '../version.js';
import { countsFromMessage, countsFromPointers, NO_CHANGES, type VersionCounts } from './counts.pure.js';
import { ManifestCounter } from './manifest-counter.js';
import { type LoggedModel, NO_LIMIT, readModels } from './models.js';
import { NO_VERSION, readVersions, type Version, versionKey } from './versions.js';

/** A commit in which a pointer changed. */
export interface LoggedVersion extends VersionCounts {
  readonly commit: Oid;
  readonly subject: string;
  readonly author: Person;
  readonly authoredAt: Date;
  readonly committedAt: Date;
  /** Two versions were merged by content; the changes are told with the commits that made them. */
  readonly isMerge: boolean;
  readonly manifests: Readonly<Record<Role, ObjectId | null>>;
  /** Why the pointers cannot be read. */
  readonly problem: string | null;
  readonly dataBranch: string | null;
  /** Trained on this version. */
  readonly model: LoggedModel | null;
}

export interface DatasetLog {
  readonly revision: string;
  readonly commit: Oid;
  /** Newest first. */
  readonly versions: readonly LoggedVersion[];
  /** There are older ones. */
  readonly hasMore: boolean;
  /** The clone does not have the whole history. */
  readonly isShallow: boolean;
  /** Why some versions could not be counted; null when the store answered. */
  readonly storeProblem: string | null;
}

/**
 * The dataset's history, from Git. Manifests are read only for commits whose message does not tell what changed, and
 * only so many. Throws WmsError `data/no-such-revision`, `data/no-dataset` (exit code 2).
 */
export async function readLog(
  { git, config, store, cache }: DatasetTools,
  revision: string,
  limit: number | null,
): Promise<DatasetLog> {
  const tip = await resolveRevision(git, revision);
  const paths = ROLES.map((role) => `${config.dataset[role]}.dvc`);
  const found = await git.log(tip, paths, limit === null ? NO_LIMIT : limit + 1);
  if (found.length === 0) await requirePointers(git, config, tip, revision);
  const commits = limit === null ? found : found.slice(0, limit);
  const ends = await shallowEnds(git);
  const [versions, models] = await Promise.all([
    readVersions(
      git,
      config,
      commits.flatMap(({ oid, parents }) => [oid, ...parents.slice(0, 1)]),
    ),
    readModels(git, config, tip),
  ]);
  const counter = new ManifestCounter(new ObjectCache(cache), store);
  const logged: LoggedVersion[] = [];
  for (const commit of commits) {
    const version = versions.get(commit.oid) ?? NO_VERSION;
    const isMerge = commit.parents.length > 1;
    const parent =
      ends.has(commit.oid) || isMerge ? null : (versions.get(commit.parents[0] ?? '') ?? NO_VERSION);
    const told = isMerge ? null : countsFromMessage(publishedCounts(commit.message), version, parent);
    const counts = told ?? (await countVersion(version, parent, counter));
    logged.push(describe(commit, version, counts, models.get(versionKey(version) ?? '') ?? null));
  }
  return {
    revision,
    commit: tip,
    versions: logged,
    hasMore: commits.length < found.length,
    isShallow: ends.size > 0,
    storeProblem: counter.problem,
  };
}

/** `parent` null: there is nothing to compare with. */
async function countVersion(
  version: Version,
  parent: Version | null,
  counter: ManifestCounter,
): Promise<VersionCounts> {
  const isSame = parent !== null && parent.problem === null && versionKey(version) === versionKey(parent);
  const counted = await counter.count(version, isSame ? null : parent);
  const changes = isSame ? NO_CHANGES : null;
  return counted === null
    ? countsFromPointers(version, changes)
    : { ...counted, changes: changes ?? counted.changes };
}

function describe(
  { oid, author, authoredAt, committedAt, message, parents }: LoggedCommit,
  { pointers, problem }: Version,
  counts: VersionCounts,
  model: LoggedModel | null,
): LoggedVersion {
  return {
    commit: oid,
    subject: message.split('\n', 1)[0] ?? '',
    author,
    authoredAt,
    committedAt,
    isMerge: parents.length > 1,
    ...counts,
    manifests: { images: pointers.images?.id ?? null, masks: pointers.masks?.id ?? null },
    problem,
    dataBranch: originOf(message),
    model,
  };
}

/** Commits whose parents a shallow clone does not have. */
async function shallowEnds(git: GitRepository): Promise<Set<Oid>> {
  const text = await readFile(await git.gitPath('shallow'), 'utf8').catch(() => '');
  return new Set(text.split('\n').filter((line) => line !== ''));
}
