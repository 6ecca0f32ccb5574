import type { Oid } from './git-repository.js';

/** One version of a file that some commit, index or tree has. */
export interface FileVersion {
  readonly path: string;
  readonly blob: Oid;
  readonly isLink: boolean;
  /** For people: completes "named by PATH in …". */
  readonly where: string;
}

/** A file as it lies in a working tree. */
export interface WorkingFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Buffer;
}

export interface AdvertisedRef {
  readonly ref: string;
  readonly oid: Oid;
}

/** Why commits that exist elsewhere may be missing here. */
export type Gap = 'shallow' | 'partial' | 'grafted';

/**
 * All that a clone and its remotes know, for whoever must not overlook anything. Reads; only `fetchAll` writes, and only
 * objects. A failing Git command is WmsError `git/failed` (exit code 5): half an answer is never given.
 */
export interface WholeHistory {
  gap(): Promise<Gap | null>;
  /** Where this clone fetches from or pushes to: names of remotes, and URLs that no name fetches from. */
  places(): Promise<string[]>;
  /**
   * Every ref that a place advertises, tags and pull requests too, with all objects brought here. No ref moves. Throws
   * WmsError `git/unreachable` or `git/refs-moving` (exit code 5).
   */
  fetchAll(place: string): Promise<AdvertisedRef[]>;
  /**
   * Every version of the files whose path has one of these endings, in all commits reachable from `tips`, from every ref
   * of the clone, its reflogs and what its unfinished operations remember; and in the index of each working tree.
   */
  versions(tips: readonly Oid[], endings: readonly string[]): Promise<FileVersion[]>;
  /** The same files as they lie in every working tree of the clone, tracked, ignored or neither. */
  workingFiles(endings: readonly string[]): Promise<WorkingFile[]>;
}
