import { ROLES } from '../config/schema.js';
import type { ObjectCache } from '../dataset/cache/cache.js';
import type { Manifest } from '../dataset/manifest.js';
import type { DatasetManifests } from '../dataset/merge-plan.js';
import { countPairs, hasFile } from '../dataset/pairs.js';
import { KnownVersions } from '../dataset/pull/known-versions.js';
import { TargetRecord } from '../dataset/pull/record.js';
import { openTarget } from '../dataset/pull/target.js';
import { loadManifest } from '../dataset/version.js';
import { isWmsError } from '../errors.js';
import type { Oid } from '../ports/git-repository.js';
import type { ObjectId } from '../ports/object-store.js';
import { findLocalFiles } from './local-files.js';
import { describeNew, type FileNews, filesNotIn, type LocalFile } from './news.pure.js';
import { type PulledVersion, pulledVersion } from './pulled.js';
import type { StatusTools } from './tools.js';
import { type ManifestIds, manifestIdsIn, type WaitingVersion } from './waiting.js';

/** Data branches that are read for files that are published and wait; each costs two manifests. */
const BRANCHES_READ = 5;
const STORE_WAIT_MS = 10_000;

/** The dataset as the current commit names it, else the remote's branch, and what of it is in the working tree. */
export interface DatasetHere {
  readonly pairs: number;
  readonly files: number;
  /** Of these, in the working tree with the right bytes. */
  readonly filesHere: number;
  /** Null: nothing was pulled into this working tree. */
  readonly pulled: PulledVersion | null;
}

interface Looked {
  readonly news: FileNews | null;
  readonly dataset: DatasetHere | null;
  readonly notes: readonly string[];
}

/** Compares what is here with the dataset; manifests come from the cache, else from the store. */
export async function lookAtDataset(
  tools: StatusTools,
  cache: ObjectCache,
  upstream: Oid | null,
  waiting: readonly WaitingVersion[],
): Promise<Looked> {
  const { git, config } = tools;
  const target = openTarget(git.topLevel, config, undefined);
  const record = await TargetRecord.open(git.gitDir, target);
  const files = await findLocalFiles(git, config, target, record, upstream);
  await record.keepSeen();
  const signal = AbortSignal.timeout(STORE_WAIT_MS);
  try {
    const head = await git.resolveCommit('HEAD');
    const inHead = head === null ? NOTHING : await manifestIdsIn(git, config, head);
    const onMain = upstream === null ? inHead : await manifestIdsIn(git, config, upstream);
    const named = isNothing(inHead) ? onMain : inHead;
    const load = loader(tools, cache, signal);
    const here = await load(named);
    const current = [here, await load(onMain)];
    const pulled = head === null ? null : await pulledVersion(git, config, head, record.manifests);
    const unknownOf = async (md5s: readonly string[]) => {
      const store = await tools.openStore();
      const tips = async () => (head === null ? [] : [head]);
      return new KnownVersions({ git, config, cache, store }, tips, record.manifests).unknownOf(md5s);
    };
    return {
      news: await newsOf(files, current, waiting, load, unknownOf),
      dataset: isNothing(named) ? null : datasetHere(here, files, pulled),
      notes: [],
    };
  } catch (error) {
    if (!signal.aborted && !isWmsError(error)) throw error;
    const why = isWmsError(error)
      ? [error.message, error.why?.split('\n')[0]].filter(Boolean).join(' ')
      : `The store did not answer in ${STORE_WAIT_MS / 1000} seconds.`;
    return { news: null, dataset: null, notes: [why] };
  }
}

const NOTHING: ManifestIds = { images: null, masks: null };
const isNothing = (ids: ManifestIds): boolean => ROLES.every((role) => ids[role] === null);

type Load = (ids: ManifestIds) => Promise<DatasetManifests>;

/** Reads each version once. */
function loader(tools: StatusTools, cache: ObjectCache, signal: AbortSignal): Load {
  const loaded = new Map<ObjectId, Promise<Manifest>>();
  const load = async (id: ObjectId | null): Promise<Manifest> => {
    if (id === null) return [];
    const manifest =
      loaded.get(id) ?? tools.openStore().then((store) => loadManifest(id, cache, store, signal));
    loaded.set(id, manifest);
    return manifest;
  };
  return async (ids) => {
    const [images, masks] = await Promise.all([load(ids.images), load(ids.masks)]);
    return { images, masks };
  };
}

async function newsOf(
  files: readonly LocalFile[],
  current: readonly DatasetManifests[],
  waiting: readonly WaitingVersion[],
  load: Load,
  unknownOf: (md5s: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<FileNews> {
  const notStored = current.reduce<readonly LocalFile[]>(filesNotIn, files);
  const open = new Set(notStored);
  let fresh = notStored;
  for (const { manifestIds } of waiting.slice(0, BRANCHES_READ))
    if (fresh.length > 0) fresh = filesNotIn(fresh, await load(manifestIds));

  const changed = describeNew(fresh, files, current).files.filter(({ change }) => change === 'changed');
  const unknown = changed.length === 0 ? null : await unknownOf(changed.map(({ md5 }) => md5));
  const older = new Set(changed.filter(({ md5 }) => unknown?.has(md5) === false).map(({ path }) => path));
  return {
    ...describeNew(
      fresh.filter(({ path }) => !older.has(path)),
      files,
      current,
    ),
    waiting: notStored.length - fresh.length,
    older: older.size,
    committedAndStored: files.filter((file) => file.committed && !open.has(file)).length,
  };
}

function datasetHere(
  version: DatasetManifests,
  files: readonly LocalFile[],
  pulled: PulledVersion | null,
): DatasetHere {
  return {
    pairs: countPairs(version.images, version.masks),
    files: version.images.length + version.masks.length,
    filesHere: files.filter(({ role, relpath, md5 }) => hasFile(version[role], relpath, md5)).length,
    pulled,
  };
}
