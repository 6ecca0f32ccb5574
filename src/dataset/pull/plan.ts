import { ROLES, type Role } from '../../config/schema.js';
import type { Oid } from '../../ports/git-repository.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { StepReport } from '../../ports/reporter.js';
import { count } from '../../words.js';
import type { ObjectCache } from '../cache/cache.js';
import type { DatasetManifests } from '../merge-plan.js';
import { resolveRevision } from '../revision.js';
import type { DatasetTools } from '../tools.js';
import { loadManifest, requirePointers } from '../version.js';
import { checkNames } from './check-names.js';
import { type Comparison, compareTarget } from './compare.js';
import { inTheWay, nothingSelected, wouldOverwrite } from './errors.js';
import { KnownVersions } from './known-versions.js';
import { TargetRecord } from './record.js';
import { findOldFiles, type OldFile } from './remove-old.js';
import { type Selection, selectFiles } from './selection.pure.js';
import { blockedPaths, type Target } from './target.js';

export interface PullOptions extends Selection {
  readonly revision: string;
  /** Instead of the dataset directories: `images` and `masks` below this one. */
  readonly to?: string | undefined;
  /** Overwrite files whose bytes no version has. */
  readonly force: boolean;
}

/** A version, and the part of it that is wanted. */
export interface WantedVersion {
  readonly commit: Oid;
  readonly manifestIds: Readonly<Partial<Record<Role, ObjectId>>>;
  readonly version: DatasetManifests;
  readonly wanted: DatasetManifests;
  readonly isPart: boolean;
}

/** What a pull will do to its target. */
export interface PullPlan {
  readonly record: TargetRecord;
  readonly compared: Comparison;
  readonly old: readonly OldFile[];
}

/** Finds out what is wanted. Throws the WmsErrors of exit code 2 that `pull` names. */
export async function chooseVersion(
  { git, config, store }: DatasetTools,
  cache: ObjectCache,
  options: PullOptions,
  step: StepReport,
): Promise<WantedVersion> {
  const commit = await resolveRevision(git, options.revision);
  const pointers = await requirePointers(git, config, commit, options.revision);
  const [images, masks] = await Promise.all(
    ROLES.map(async (role) => {
      const id = pointers[role]?.pointer.id;
      return { id, manifest: id === undefined ? [] : await loadManifest(id, cache, store) };
    }),
  );
  const version = { images: images?.manifest ?? [], masks: masks?.manifest ?? [] };
  const wanted = selectFiles(version, options);
  const isPart = options.only !== undefined || options.sample !== undefined;
  if (isPart && wanted.images.length + wanted.masks.length === 0) throw nothingSelected(options.revision);
  const files = `${count(wanted.images.length, 'image')}, ${count(wanted.masks.length, 'mask')}`;
  step.done(`${options.revision} (${commit.slice(0, 10)}) · ${files}`);
  const manifestIds = {
    ...(images?.id === undefined ? {} : { images: images.id }),
    ...(masks?.id === undefined ? {} : { masks: masks.id }),
  };
  return { commit, manifestIds, version, wanted, isPart };
}

/** Compares the target with what is wanted; changes nothing. Throws the WmsErrors of exit code 6. */
export async function planPull(
  tools: DatasetTools,
  cache: ObjectCache,
  target: Target,
  { commit, version, wanted, isPart }: WantedVersion,
  force: boolean,
  step: StepReport,
): Promise<PullPlan> {
  const { git } = tools;
  await checkNames(target, wanted);
  const blocked = await blockedPaths(target, wanted);
  if (blocked.length > 0) throw inTheWay(blocked);
  const record = await TargetRecord.open(git.gitDir, target);
  const compared = await compareTarget(target, wanted, record, (done, total) =>
    step.progress(`${done}/${total} files`),
  );
  if (compared.blocked.length > 0) throw inTheWay(compared.blocked);
  const tips = async () => {
    const head = await git.resolveCommit('HEAD');
    return head === null || head === commit ? [commit] : [commit, head];
  };
  const known = new KnownVersions({ ...tools, cache }, tips, record.manifests);
  if (!force) await refuseUnknown(compared.different, known);
  const mayRemove = target.inPlace && !isPart;
  const old = mayRemove
    ? await findOldFiles(target, version, known, record, (role) => trackedFiles(tools, role))
    : [];
  const { same, absent, different } = compared;
  step.done(
    `${same.length} as wanted, ${absent.length} missing, ${different.length} to replace, ${old.length} to remove`,
  );
  return { record, compared, old };
}

async function refuseUnknown(different: Comparison['different'], known: KnownVersions): Promise<void> {
  if (different.length === 0) return;
  const unknown = await known.unknownOf(different.map(({ md5Here }) => md5Here));
  const files = different.filter(({ md5Here }) => unknown.has(md5Here)).map(({ file }) => file);
  if (files.length > 0) throw wouldOverwrite(files.sort());
}

/** Relative to the dataset directory. */
async function trackedFiles({ git, config }: DatasetTools, role: Role): Promise<Set<string>> {
  const directory = config.dataset[role];
  const files = await git.trackedFiles([directory]);
  return new Set(files.map((file) => file.slice(directory.length + 1)));
}
