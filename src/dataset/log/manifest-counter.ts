import { ROLES } from '../../config/schema.js';
import { isWmsError } from '../../errors.js';
import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import type { ObjectCache } from '../cache/cache.js';
import { diffDatasets, KINDS } from '../diff/pair-diff.pure.js';
import type { Manifest } from '../manifest.js';
import type { DatasetManifests } from '../merge-plan.js';
import { countPairs } from '../pairs.js';
import { loadManifest } from '../version.js';
import type { VersionChanges, VersionCounts } from './counts.pure.js';
import type { Version } from './versions.js';

/** Reading a million entries takes a second, more from far away. */
const MAX_ENTRIES = 3_000_000;
const MAX_MANIFESTS = 200;
/** Those of a version and its parent, which often is the next one. */
const KEPT = 4;

/** Counts pairs in manifests, newest versions first, until it has read as much as a person waits for. */
export class ManifestCounter {
  private readonly loaded = new Map<ObjectId, Promise<Manifest | null>>();
  private entries = 0;
  private manifests = 0;
  /** Why the store answers nothing; null as long as it does. */
  problem: string | null = null;

  constructor(
    private readonly cache: ObjectCache,
    private readonly store: ObjectStore,
  ) {}

  /** `parent` null: no changes are wanted. Null: a manifest is gone or damaged, or enough has been read. */
  async count(version: Version, parent: Version | null): Promise<VersionCounts | null> {
    if (!this.affords(parent === null ? [version] : [version, parent])) return null;
    const after = await this.load(version);
    if (after === null) return null;
    const before = parent === null ? null : await this.load(parent);
    if (before === null) {
      return { pairs: countPairs(after.images, after.masks), changes: null, countedFrom: 'manifests' };
    }
    const { total, pairs } = diffDatasets(before, after);
    const [added, replaced, removed, renamed] = KINDS.map(
      (kind) => pairs.filter(({ change }) => change === kind).length,
    ) as [number, number, number, number];
    const changes: VersionChanges = { new: added, replaced, removed, renamed };
    return { pairs: total.after, changes, countedFrom: 'manifests' };
  }

  private affords(versions: readonly Version[]): boolean {
    const pointers = versions.flatMap((version) => ROLES.flatMap((role) => version.pointers[role] ?? []));
    const sizes = new Map(pointers.map(({ id, nfiles = 0 }) => [id, nfiles]));
    for (const id of this.loaded.keys()) sizes.delete(id);
    const entries = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    return this.manifests + sizes.size <= MAX_MANIFESTS && this.entries + entries <= MAX_ENTRIES;
  }

  private async load({ pointers, problem }: Version): Promise<DatasetManifests | null> {
    if (problem !== null) return null;
    const [images, masks] = await Promise.all(
      ROLES.map((role) => {
        const pointer = pointers[role];
        return pointer === null ? NOTHING : this.manifest(pointer.id, pointer.nfiles ?? 0);
      }),
    );
    return images == null || masks == null ? null : { images, masks };
  }

  private manifest(id: ObjectId, expected: number): Promise<Manifest | null> {
    const known = this.loaded.get(id);
    if (known !== undefined) return known;
    if (this.problem !== null) return Promise.resolve(null);
    this.manifests += 1;
    this.entries += expected;
    const loading = loadManifest(id, this.cache, this.store).catch((error: unknown) =>
      this.unavailable(error),
    );
    this.loaded.set(id, loading);
    for (const old of this.loaded.keys()) if (this.loaded.size > KEPT) this.loaded.delete(old);
    return loading;
  }

  private unavailable(error: unknown): null {
    if (!isWmsError(error)) throw error;
    const isGone = /^(store\/object-|manifest\/)/.test(error.kind);
    if (!isGone) this.problem ??= error.message;
    return null;
  }
}

const NOTHING: Promise<Manifest> = Promise.resolve([]);
