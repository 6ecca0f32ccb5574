import { type Config, ROLES, type Role } from '../../config/schema.js';
import { isWmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import type { ObjectCache } from '../cache/cache.js';
import type { Manifest } from '../manifest.js';
import { loadManifest, readPointers } from '../version.js';

/** Versions of the history that are looked into; a manifest of a large dataset takes a second to get and read. */
const OLDER_VERSIONS = 20;

interface Sources {
  readonly git: GitRepository;
  readonly config: Config;
  readonly cache: ObjectCache;
  readonly store: ObjectStore;
}

/** Versions of the dataset that files of a target may come from. */
export class KnownVersions {
  #tips: Promise<readonly Oid[]> | undefined;

  constructor(
    private readonly sources: Sources,
    private readonly tips: () => Promise<readonly Oid[]>,
    /** Manifests that are looked into first: of the version pulled, and of earlier pulls. */
    private readonly first: readonly ObjectId[],
  ) {}

  /** Which of these MD5s no known version has under any name. */
  async unknownOf(md5s: Iterable<string>): Promise<Set<string>> {
    const unknown = new Set(md5s);
    const seen = new Set<ObjectId>();
    for (const ids of [this.recent(), this.older()]) {
      for await (const id of ids) {
        if (unknown.size === 0) return unknown;
        if (seen.has(id)) continue;
        seen.add(id);
        for (const { md5 } of (await this.load(id)) ?? []) unknown.delete(md5);
      }
    }
    return unknown;
  }

  /** Manifests that are here or quick to get, newest first: for files that the version pulled does not have. */
  async *nearby(role: Role): AsyncGenerator<Manifest> {
    const seen = new Set<ObjectId>();
    for await (const id of this.recent(role)) {
      if (seen.has(id)) continue;
      seen.add(id);
      const manifest = await this.load(id);
      if (manifest !== null) yield manifest;
    }
    for await (const id of this.older(role)) {
      if (seen.has(id) || !(await this.sources.cache.has(id))) continue;
      seen.add(id);
      const manifest = await this.load(id);
      if (manifest !== null) yield manifest;
    }
  }

  private knownTips(): Promise<readonly Oid[]> {
    this.#tips ??= this.tips();
    return this.#tips;
  }

  private async *recent(role?: Role): AsyncGenerator<ObjectId> {
    yield* this.first;
    for (const tip of await this.knownTips()) yield* await this.idsIn(tip, role);
  }

  private async *older(role?: Role): AsyncGenerator<ObjectId> {
    const { git, config } = this.sources;
    const paths = ROLES.map((each) => `${config.dataset[each]}.dvc`);
    for (const tip of await this.knownTips()) {
      const commits = await git.commitsChanging(tip, paths, new Date(0));
      for (const { oid } of commits.slice(0, OLDER_VERSIONS)) yield* await this.idsIn(oid, role);
    }
  }

  /** An old pointer that cannot be read knows no file. */
  private async idsIn(commit: Oid, role?: Role): Promise<ObjectId[]> {
    const pointers = await readPointers(this.sources.git, this.sources.config, commit).catch(ignoreKnown);
    return ROLES.flatMap((each) => {
      const id = role === undefined || role === each ? pointers?.[each]?.pointer.id : undefined;
      return id === undefined ? [] : [id];
    });
  }

  private async load(id: ObjectId): Promise<Manifest | null> {
    return loadManifest(id, this.sources.cache, this.sources.store).catch((error: unknown) => {
      if (isWmsError(error, 'store/object-missing') || isWmsError(error, 'store/object-corrupt')) return null;
      return ignoreKnown(error);
    });
  }
}

function ignoreKnown(error: unknown): null {
  const kinds = ['pointer/corrupt', 'pointer/legacy', 'dataset/wrong-pointer', 'manifest/corrupt'];
  if (kinds.some((kind) => isWmsError(error, kind))) return null;
  throw error;
}
