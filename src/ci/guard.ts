import { parseConfig } from '../config/load.js';
import { CONFIG_FILE, type Config, ROLES } from '../config/schema.js';
import { manifestsOf } from '../dataset/dataset-base.js';
import { resolveRevision } from '../dataset/revision.js';
import { nameOf, registryPlace } from '../model/registry/place.js';
import { fetchTip } from '../model/registry/remote.js';
import type { Oid } from '../ports/git-repository.js';
import { count } from '../words.js';
import { loadChange } from './change.js';
import { requireObjects } from './check/objects.js';
import { refuseRawFilesBetween } from './check/raw-files.js';
import { type BranchCounts, countChanges } from './counts.pure.js';
import type { CiTools } from './tools.js';

export interface GuardOutcome {
  readonly revision: string;
  readonly commit: Oid;
  /** The protected branch, as `origin/main`, and its tip. */
  readonly into: string;
  readonly base: Oid;
  /** Null: it changes nothing of the dataset, and the store was not asked. */
  readonly counts: BranchCounts | null;
  /** Objects that the protected branch's version does not have, all of them in the store. */
  readonly newObjects: number;
}

/**
 * Whether a revision, of any branch, may come into the protected branch: none of its commits holds raw files, its
 * pointers can be read, and the store has what they name. The store is asked only where pointers change: who may not
 * read it can still change code. Throws WmsError `ci/raw-files` (exit code 3), `ci/objects-missing` (5), and what is
 * wrong with a pointer or manifest.
 */
export async function guardRevision(tools: CiTools, revision: string): Promise<GuardOutcome> {
  const { git, config, store, reporter } = tools;
  const [raw, pointers] = [reporter.step('Raw files'), reporter.step('Pointers')];
  const place = await registryPlace(git, config);
  const [base, commit] = [await fetchTip(git, place), await resolveRevision(git, revision)];
  const into = nameOf(place);
  const next = `Keep copies, take them out of the commits that bring them (git rebase --interactive ${into}), and publish the copies: npx wms add, commit, push to the protected branch.`;
  const protectedConfig = (await settingsAt(tools, base, into)) ?? config;
  for (const settings of [config, protectedConfig])
    await refuseRawFilesBetween(git, settings, { tip: commit, base, name: revision, into, next });
  raw.done(`none in the commits of ${revision}`);
  const outcome = { revision, commit, into, base };
  const isMoved = ROLES.some((role) => config.dataset[role] !== protectedConfig.dataset[role]);
  if (!isMoved && !(await changesPointers(tools, base, commit))) {
    pointers.skipped('nothing of the dataset is changed');
    return { ...outcome, counts: null, newObjects: 0 };
  }
  const { before, after } = await loadChange(tools, { base, tip: commit });
  const newObjects = await requireObjects(tools, after, (text) => pointers.progress(text), before);
  pointers.done(`${count(newObjects, 'new object')} in ${store.url}`);
  const counts = countChanges(manifestsOf(before), manifestsOf(after));
  return { ...outcome, counts, newObjects };
}

/** Since the revision left the protected branch. */
async function changesPointers({ git, config }: CiTools, base: Oid, tip: Oid): Promise<boolean> {
  const fork = await git.mergeBase(base, tip);
  if (fork === null) return true;
  const [difference] = await git.changesOf([{ oid: tip, parents: [fork] }]);
  const pointers = new Set(ROLES.map((role) => `${config.dataset[role]}.dvc`));
  return (difference?.changes ?? []).some(({ path }) => pointers.has(path));
}

/** The protected branch's own settings: a revision that moves the dataset's directories must not be a way around. */
async function settingsAt({ git }: CiTools, commit: Oid, into: string): Promise<Config | null> {
  const bytes = await git.readFile(commit, CONFIG_FILE);
  return bytes === null ? null : parseConfig(bytes, `${CONFIG_FILE} of ${into}`);
}
