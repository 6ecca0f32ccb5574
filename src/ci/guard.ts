import { parseConfig } from '../config/load.js';
import { CONFIG_FILE, type Config } from '../config/schema.js';
import { loadDataset, manifestsOf } from '../dataset/dataset-base.js';
import { resolveRevision } from '../dataset/revision.js';
import { EXIT, WmsError } from '../errors.js';
import { nameOf, registryPlace } from '../model/registry/place.js';
import { fetchTip } from '../model/registry/remote.js';
import type { Oid } from '../ports/git-repository.js';
import { showPath } from '../show-path.js';
import { count, shortList } from '../words.js';
import { requireObjects } from './check/objects.js';
import { rawFilesBetween } from './check/raw-files.js';
import { type BranchCounts, countChanges } from './counts.pure.js';
import type { CiTools } from './tools.js';

export interface GuardOutcome {
  readonly revision: string;
  readonly commit: Oid;
  /** The protected branch, as `origin/main`, and its tip. */
  readonly into: string;
  readonly base: Oid;
  readonly counts: BranchCounts;
  /** Objects that the protected branch's version does not have, all of them in the store. */
  readonly newObjects: number;
}

/**
 * Whether a revision, of any branch, may come into the protected branch: none of its commits holds raw files, its
 * pointers can be read, and the store has what they name. Throws WmsError `ci/raw-files` (exit code 3),
 * `ci/objects-missing` (5), and what is wrong with a pointer or manifest.
 */
export async function guardRevision(tools: CiTools, revision: string): Promise<GuardOutcome> {
  const { git, config, store, reporter } = tools;
  const { signal } = new AbortController();
  const [raw, pointers] = [reporter.step('Raw files'), reporter.step('Pointers')];
  const place = await registryPlace(git, config);
  const [base, commit] = [await fetchTip(git, place), await resolveRevision(git, revision)];
  const into = nameOf(place);
  for (const settings of [config, await settingsAt(tools, base, into)]) {
    const found = settings === null ? [] : await rawFilesBetween(git, settings, { tip: commit, base });
    if (found.length > 0) throw rawFiles(revision, into, found);
  }
  raw.done(`none in the commits of ${revision}`);
  const fork = await git.mergeBase(base, commit);
  const [before, after] = [
    await loadDataset(git, store, config, fork, signal),
    await loadDataset(git, store, config, commit, signal),
  ];
  const newObjects = await requireObjects(tools, after, (text) => pointers.progress(text), before);
  pointers.done(`${count(newObjects, 'new object')} in ${store.url}`);
  const counts = countChanges(manifestsOf(before), manifestsOf(after));
  return { revision, commit, into, base, counts, newObjects };
}

/** The protected branch's own settings: a revision that moves the dataset's directories must not be a way around. */
async function settingsAt({ git }: CiTools, commit: Oid, into: string): Promise<Config | null> {
  const bytes = await git.readFile(commit, CONFIG_FILE);
  return bytes === null ? null : parseConfig(bytes, `${CONFIG_FILE} of ${into}`);
}

function rawFiles(revision: string, into: string, paths: readonly string[]): WmsError {
  return new WmsError({
    kind: 'ci/raw-files',
    code: EXIT.images,
    what: `Commits of ${revision} hold raw files, which ${into} never does.`,
    why: shortList(paths.map(showPath)),
    next: `Keep copies, take them out of the commits that bring them (git rebase --interactive ${into}), and publish the copies: npx wms add, commit, push to the protected branch.`,
  });
}
