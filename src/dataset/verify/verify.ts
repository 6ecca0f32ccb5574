import { join } from 'node:path';
import { ROLES } from '../../config/schema.js';
import type { Oid } from '../../ports/git-repository.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { StepReport } from '../../ports/reporter.js';
import { ObjectCache } from '../cache/cache.js';
import type { Fault } from '../fetch-object.js';
import type { Manifest } from '../manifest.js';
import { resolveRevision } from '../revision.js';
import type { DatasetTools } from '../tools.js';
import { requirePointers } from '../version.js';
import { filesByObject, type Manifests, readManifests } from './contents.js';
import { findFaults } from './find-faults.js';
import { repairObjects } from './repair.js';

export interface VerifyOptions {
  readonly revision: string;
  readonly deep: boolean;
  readonly repair: boolean;
}

export interface FaultyObject {
  readonly id: ObjectId;
  readonly fault: Fault;
  /** Dataset files that have these bytes, from the top of the repository; for a manifest its pointer. */
  readonly files: readonly string[];
  readonly repaired: boolean;
}

export interface VerifyResult {
  readonly revision: string;
  readonly commit: Oid;
  readonly store: string;
  readonly deep: boolean;
  /** Objects looked at, manifests included. */
  readonly objects: number;
  /** Bytes read; 0 unless `deep`. */
  readonly bytes: number;
  /** Manifests that are neither in the store nor here: what they name could not be checked. */
  readonly unreadable: readonly string[];
  readonly faults: readonly FaultyObject[];
}

/**
 * Checks that the store has every object of a version, and puts back what is still here when asked to. Throws
 * WmsError: `data/no-such-revision`, `data/no-dataset` (2), and what the store throws.
 */
export async function verify(tools: DatasetTools, options: VerifyOptions): Promise<VerifyResult> {
  const { git, config, store, reporter } = tools;
  const cache = new ObjectCache(tools.cache);
  const step = reporter.step('Verify');
  const commit = await resolveRevision(git, options.revision);
  const pointers = await requirePointers(git, config, commit, options.revision);
  const manifests = await readManifests(pointers, cache, tools);
  const files = filesByObject(pointers, manifests, tools);
  const progress = new Progress(step, files.size);
  const found = await findFaults(store, files.keys(), { deep: options.deep, checked: progress.checked });
  step.done(progress.summary(options.deep));
  const repaired = options.repair ? await repair(found, manifests, files, cache, tools) : new Set<ObjectId>();
  return {
    revision: options.revision,
    commit,
    store: store.url,
    deep: options.deep,
    objects: files.size,
    bytes: progress.bytes,
    unreadable: ROLES.flatMap((role) => (manifests[role] === null ? [`${config.dataset[role]}.dvc`] : [])),
    faults: [...found].map(([id, fault]) => ({
      id,
      fault,
      files: files.get(id) ?? [],
      repaired: repaired.has(id),
    })),
  };
}

/** Manifests last, and only where all that they name is there. */
async function repair(
  found: ReadonlyMap<ObjectId, Fault>,
  manifests: Manifests,
  files: ReadonlyMap<ObjectId, readonly string[]>,
  cache: ObjectCache,
  { git, store, reporter }: DatasetTools,
): Promise<Set<ObjectId>> {
  const step = reporter.step('Repair');
  const filesOf = (id: ObjectId) => (files.get(id) ?? []).map((file) => join(git.topLevel, file));
  const isManifest = (id: ObjectId) => id.endsWith('.dir');
  const part = (wanted: (id: ObjectId) => boolean) => new Map([...found].filter(([id]) => wanted(id)));
  const repaired = await repairObjects(
    store,
    cache,
    part((id) => !isManifest(id)),
    filesOf,
  );
  const isWhole = (manifest: Manifest) => manifest.every(({ md5 }) => !found.has(md5) || repaired.has(md5));
  const whole = ROLES.flatMap((role) => {
    const manifest = manifests[role];
    return manifest && isWhole(manifest.entries) ? [manifest.id] : [];
  });
  const ofManifests = await repairObjects(
    store,
    cache,
    part((id) => whole.includes(id)),
    () => [],
  );
  for (const id of ofManifests) repaired.add(id);
  if (found.size === 0) step.skipped('nothing to do');
  else if (repaired.size === found.size) step.done(`${repaired.size} put back`);
  else step.warned(`${repaired.size} of ${found.size} put back`);
  return repaired;
}

class Progress {
  bytes = 0;
  private objects = 0;

  constructor(
    private readonly step: StepReport,
    private readonly total: number,
  ) {}

  readonly checked = (bytes: number): void => {
    this.objects += 1;
    this.bytes += bytes;
    if (this.objects % 50 === 0) this.step.progress(`${this.objects}/${this.total} objects`);
  };

  summary(deep: boolean): string {
    const read = deep ? `, ${(this.bytes / 1e6).toFixed(1)} MB read and compared` : ' asked for';
    return `${this.total} objects${read}`;
  }
}
