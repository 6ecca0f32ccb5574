import { namesInJournals } from '../../clone/journal-names.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { FileVersion, WholeHistory } from '../../ports/whole-history.js';
import type { NamedObjects } from './decide.pure.js';
import type { WantedManifest } from './manifests.js';
import { isPointerPath, namesIn, POINTER_ENDINGS, type PointerNames } from './pointer-names.pure.js';
import { linkedPointer, noRemote, rootsMissing } from './refusals.js';

/** A clone whose objects are not to be deleted. */
export interface CountedClone {
  readonly git: GitRepository;
  readonly history: WholeHistory;
}

export interface CloneFacts {
  readonly path: string;
  /** Remotes and URLs that were asked. */
  readonly remotes: readonly string[];
  /** Refs of all remotes. */
  readonly refs: number;
  /** Distinct versions of pointers. */
  readonly pointers: number;
}

export interface Roots {
  readonly clones: readonly CloneFacts[];
  /** Manifests that pointers name. */
  readonly manifests: ReadonlyMap<ObjectId, WantedManifest>;
}

/** Finds what the pointers of clones name. Asked again, it reads only what is new. */
export class RootReader {
  readonly #blobs = new Map<Oid, PointerNames>();

  constructor(
    private readonly clones: readonly CountedClone[],
    private readonly named: NamedObjects,
  ) {}

  /**
   * Throws WmsError: `gc/roots-missing`, `gc/no-remote`, `gc/linked-pointer` (exit code 2) and what reading a
   * WholeHistory throws.
   */
  async read(progress: (text: string) => void): Promise<Roots> {
    const manifests = new Map<ObjectId, WantedManifest>();
    const facts: CloneFacts[] = [];
    for (const clone of this.clones) facts.push(await this.#readClone(clone, manifests, progress));
    return { clones: facts, manifests };
  }

  async #readClone(
    clone: CountedClone,
    manifests: Map<ObjectId, WantedManifest>,
    progress: (text: string) => void,
  ): Promise<CloneFacts> {
    const { git, history } = clone;
    const gap = await history.gap();
    if (gap !== null) throw rootsMissing(gap, git.topLevel);
    const remotes = await history.places();
    if (remotes.length === 0) throw noRemote(git.topLevel);
    const tips: Oid[] = [];
    for (const remote of remotes) {
      progress(`fetching every ref of ${remote}`);
      for (const { oid } of await history.fetchAll(remote)) tips.push(oid);
    }
    const journals = await namesInJournals(git.commonDir);
    for (const id of journals.objects)
      this.#name(id, `a publish that was begun in ${git.topLevel}`, manifests, false);
    for (const commit of journals.commits) if (await git.hasObject(commit)) tips.push(commit);
    progress(`reading the history of ${git.topLevel}`);
    const versions = (await history.versions(tips, POINTER_ENDINGS)).filter(({ path }) =>
      isPointerPath(path),
    );
    const pointers = await this.#readVersions(git, versions, manifests);
    for (const { path, bytes } of await history.workingFiles(POINTER_ENDINGS)) {
      if (isPointerPath(path)) this.#nameAll(namesIn(bytes.toString()), path, manifests);
    }
    return { path: git.topLevel, remotes, refs: tips.length, pointers };
  }

  async #readVersions(
    git: GitRepository,
    versions: readonly FileVersion[],
    manifests: Map<ObjectId, WantedManifest>,
  ): Promise<number> {
    const first = new Map<Oid, FileVersion>();
    for (const version of versions) if (!first.has(version.blob)) first.set(version.blob, version);
    const unread = [...first.keys()].filter((blob) => !this.#blobs.has(blob));
    for await (const { oid, bytes } of git.readObjects(unread))
      this.#blobs.set(oid, namesIn(bytes.toString()));
    await this.#refuseLinks(git, versions);
    for (const [blob, { path, where }] of first) {
      const names = this.#blobs.get(blob);
      if (names === undefined) throw new Error(`Git answered nothing for ${blob}`);
      this.#nameAll(names, `${path} in ${where} (${git.topLevel})`, manifests);
    }
    return first.size;
  }

  /** DVC follows a link; to a file with any other name nobody would look for pointers in it. */
  async #refuseLinks(git: GitRepository, versions: readonly FileVersion[]): Promise<void> {
    const links = versions.filter(({ isLink }) => isLink);
    let at = 0;
    for await (const { bytes } of git.readObjects(links.map(({ blob }) => blob))) {
      const link = links[at++];
      if (link !== undefined && !isPointerPath(bytes.toString())) throw linkedPointer(link, bytes.toString());
    }
  }

  #nameAll(
    { objects, required }: PointerNames,
    where: string,
    manifests: Map<ObjectId, WantedManifest>,
  ): void {
    for (const id of objects) this.#name(id, where, manifests, required.has(id));
  }

  #name(id: ObjectId, where: string, manifests: Map<ObjectId, WantedManifest>, required: boolean): void {
    this.named.add(id);
    if (!id.endsWith('.dir') || manifests.get(id)?.required === true) return;
    if (required || !manifests.has(id)) manifests.set(id, { required, where });
  }
}
