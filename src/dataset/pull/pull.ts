import { mkdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { changeExclude } from '../../clone/exclude.js';
import { patternOf } from '../../clone/exclude.pure.js';
import { localError } from '../../clone/local-error.js';
import { ROLES, type Role } from '../../config/schema.js';
import type { Oid } from '../../ports/git-repository.js';
import { count } from '../../words.js';
import { ObjectCache } from '../cache/cache.js';
import { fillCache } from '../cache/fill.js';
import type { DatasetTools } from '../tools.js';
import { changedMeanwhile, unavailable } from './errors.js';
import { openPlacing, type Placing, type PullTools } from './placing.js';
import { chooseVersion, type PullOptions, planPull, type WantedVersion } from './plan.js';
import { PullProgress } from './progress.js';
import { removeOldFiles } from './remove-old.js';
import { openTarget, type Target } from './target.js';
import { transferFiles } from './transfer.js';

export interface PullResult {
  readonly revision: string;
  readonly commit: Oid;
  readonly target: string;
  /** Files wanted. */
  readonly files: Readonly<Record<Role, number>>;
  readonly unchanged: number;
  readonly written: number;
  /** Of older versions. */
  readonly removed: number;
  readonly fetched: { readonly objects: number; readonly bytes: number };
}

/**
 * Makes the target hold a version of the dataset, or a part of it. Every file is checked, and appears complete or not
 * at all; killed and run again, it goes on. Throws WmsError: `data/no-such-revision`, `data/no-dataset`,
 * `data/nothing-selected` (2), `data/would-overwrite`, `data/changed-meanwhile`, `data/in-the-way`,
 * `data/names-unsafe`, `data/names-collide` (6), `data/objects-unavailable` (5), and what the store and this machine's
 * disk throw.
 */
export async function pull(tools: PullTools, options: PullOptions): Promise<PullResult> {
  const { git, config, reporter, store } = tools;
  const cache = new ObjectCache(tools.cache);
  // Asked now: the manifests that come next are kept there, too.
  const hasCache = await cache.isThere();
  const target = openTarget(git.topLevel, config, options.to);
  const chosen = await chooseVersion(tools, cache, options, reporter.step('Version'));
  const { force } = options;
  const plan = await planPull(tools, cache, target, chosen, force, reporter.step('Compare'));
  const { record, compared, old } = plan;

  const step = reporter.step('Files');
  const ids = Object.values(chosen.manifestIds);
  const todo = [...compared.absent, ...compared.different];
  const progress = new PullProgress(step, todo.length);
  const failed = await whilePlacing(tools, todo.length, target, hasCache, async (placing) => {
    if (target.inPlace) await excludeDataset(tools);
    await record.save([...new Set([...ids, ...record.manifests])]);
    await makeRoots(target, chosen);
    return transferFiles(todo, { store, placing, hasCache, record, progress, force });
  });
  if (target.inPlace) await fillCache(cache, compared.same);
  await removeOldFiles(target, old);
  const isComplete = !chosen.isPart && failed.unavailable.length + failed.changed.length === 0;
  await record.save(isComplete ? ids : record.manifests);
  if (failed.unavailable.length > 0) throw unavailable(failed.unavailable, store.url);
  if (failed.changed.length > 0) throw changedMeanwhile(failed.changed);

  const removed = old.length === 0 ? '' : `, ${count(old.length, 'file')} removed`;
  if (todo.length + old.length === 0) step.skipped('nothing to do');
  else step.done(`${count(progress.files, 'file')} written${removed} · ${progress.transferred()}`);
  return {
    revision: options.revision,
    commit: chosen.commit,
    target: target.place,
    files: { images: chosen.wanted.images.length, masks: chosen.wanted.masks.length },
    unchanged: compared.same.length,
    written: progress.files,
    removed: old.length,
    fetched: { objects: progress.fetched, bytes: progress.fetchedBytes },
  };
}

/** What writes the files is opened while `work` prepares them. */
async function whilePlacing<T>(
  tools: PullTools,
  files: number,
  target: Target,
  hasCache: boolean,
  work: (placing: Promise<Placing>) => Promise<T>,
): Promise<T> {
  const { cache } = tools;
  // A directory of its own must not depend on this clone's cache.
  const types = target.inPlace ? cache.types : (['reflink', 'copy'] as const);
  const placing = openPlacing(tools, files, { cache, types }, hasCache);
  placing.catch(() => undefined);
  try {
    return await work(placing);
  } finally {
    await (await placing).close();
  }
}

/** A version without files is an empty directory. */
async function makeRoots({ roots }: Target, { manifestIds }: WantedVersion): Promise<void> {
  for (const role of ROLES) {
    if (manifestIds[role] === undefined) continue;
    await mkdir(roots[role], { recursive: true }).catch((error: unknown) => {
      throw localError(error, roots[role]);
    });
  }
}

const EXCLUDED = {
  begin: '# >>> wms data pull: the dataset; npx wms add stages new files all the same >>>',
  end: '# <<< wms data pull <<<',
};

/** Git shows nothing of the dataset directories as untracked, nor of the cache where it is in the working tree. */
async function excludeDataset({ git, config, cache }: DatasetTools): Promise<void> {
  const inTree = relative(git.topLevel, cache.dir).split(sep).join('/');
  const isInside = inTree !== '' && !inTree.startsWith('../') && inTree !== '..';
  const directories = [...ROLES.map((role) => config.dataset[role]), ...(isInside ? [inTree] : [])];
  const wanted = directories.map((directory) => `${patternOf(directory)}/`);
  await changeExclude(git, EXCLUDED, (patterns) => [...new Set([...patterns, ...wanted])]);
}
