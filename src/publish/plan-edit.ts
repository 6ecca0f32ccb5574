import { ROLES } from '../config/schema.js';
import { type DatasetBase, loadDataset, manifestsOf } from '../dataset/dataset-base.js';
import { removalOf, restorationOf } from '../dataset/edit/edits.pure.js';
import { namedPairs } from '../dataset/edit/named-pairs.js';
import { loadOldVersion } from '../dataset/edit/old-version.js';
import { planMerge } from '../dataset/merge-plan.js';
import { resolveRevision } from '../dataset/revision.js';
import { EXIT, WmsError } from '../errors.js';
import type { ObjectId } from '../ports/object-store.js';
import { count } from '../words.js';
import { type TargetOptions, targetByHand } from './by-hand.js';
import type { DatasetEdit } from './dataset-edit.js';
import type { PublishTools } from './job.js';
import { type PublishPlan, planPublish } from './plan.js';

export interface EditOptions extends TargetOptions {
  /** Pairs as somebody types them in `cwd`. */
  readonly names: readonly string[];
  readonly cwd: string;
  /** For the commit message. */
  readonly message?: string | undefined;
}

export type EditPlan = PublishPlan & { readonly edit: DatasetEdit };

type EditTools = Pick<PublishTools, 'git' | 'config' | 'store'>;

/** Reads what it needs, writes nothing. Throws the WmsErrors of `namedPairs` and `loadDataset`, and `data/no-dataset` (2). */
export async function planRemoval(tools: EditTools, options: EditOptions): Promise<EditPlan> {
  const { plan, base } = await openBase(tools, options);
  const { remote, branch } = plan.target;
  const where = `${remote}/${branch}`;
  if (base.images.id === null && base.masks.id === null) throw nothingToRemove(where);
  const version = manifestsOf(base);
  const stems = namedPairs(options.names, nameSpace(tools, options, base), where);
  const merge = planMerge({ base: version, edits: removalOf(version, stems) });
  const title = `remove ${count(stems.size, 'pair')}`;
  return withEdit(plan, { title, base, merge, sizes: new Map(), restores: null, reason: options.message });
}

/**
 * As `planRemoval`. Without names the dataset becomes what `revision` has, with names only these pairs do. Throws also
 * `data/no-such-revision` (2), and for a version that cannot be read the error of its pointer or manifest.
 */
export async function planRestoration(
  tools: EditTools,
  revision: string,
  options: EditOptions,
): Promise<EditPlan> {
  const commit = await resolveRevision(tools.git, revision);
  const { plan, base } = await openBase(tools, options);
  const version = await loadOldVersion(tools, commit, revision);
  const { names } = options;
  const stems = names.length === 0 ? null : namedPairs(names, nameSpace(tools, options, version), revision);
  const edits = restorationOf(manifestsOf(base), manifestsOf(version), stems);
  const merge = planMerge({ base: manifestsOf(base), edits });
  const short = commit.slice(0, 10);
  const title = stems === null ? `restore ${short}` : `restore ${count(stems.size, 'pair')} of ${short}`;
  const sizes = ROLES.flatMap((role): [ObjectId, number][] => {
    const { id, size } = version[role];
    return id === null || size === undefined ? [] : [[id, size]];
  });
  const from = `Restored from ${commit}.`;
  const reason = options.message === undefined ? from : `${options.message}\n\n${from}`;
  return withEdit(plan, { title, base, merge, sizes: new Map(sizes), restores: commit, reason });
}

export function changesNothing({ edit: { merge } }: EditPlan): boolean {
  return merge.changes.every(({ kind }) => kind === 'unchanged');
}

function withEdit(plan: PublishPlan, edit: DatasetEdit): EditPlan {
  return { ...plan, edit };
}

async function openBase(
  { git, config, store }: EditTools,
  options: EditOptions,
): Promise<{ plan: PublishPlan; base: DatasetBase }> {
  const plan = await planPublish(git, config, await targetByHand(git, config, options));
  const { target } = plan;
  if (target.base === null) throw noBranch(target.remote, target.branch);
  return { plan, base: await loadDataset(git, store, config, target.base, NEVER) };
}

const NEVER = new AbortController().signal;

function nameSpace({ git, config }: EditTools, { cwd }: EditOptions, version: DatasetBase) {
  return { version: manifestsOf(version), directories: config.dataset, topLevel: git.topLevel, cwd };
}

function nothingToRemove(where: string): WmsError {
  return new WmsError({
    kind: 'data/no-dataset',
    code: EXIT.usage,
    what: `${where} has no dataset that something could be taken out of.`,
    next: 'Name the protected branch that has it: --branch NAME.',
  });
}

function noBranch(remote: string, branch: string): WmsError {
  return new WmsError({
    kind: 'data/no-dataset',
    code: EXIT.usage,
    what: `${remote} has no branch ${branch}, and so no dataset to change.`,
    next: 'Name the remote and its protected branch: --remote, --branch.',
  });
}
