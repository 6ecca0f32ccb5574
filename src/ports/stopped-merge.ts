import type { Oid } from './git-repository.js';

/** A path of the index that is not decided. Null: this version does not have it. */
export interface UnmergedPath {
  readonly path: string;
  readonly base: Oid | null;
  readonly ours: Oid | null;
  readonly theirs: Oid | null;
}

/** A merge, or something that merges, that stopped before its commit. */
export interface StoppedMerge {
  readonly name: 'merge' | 'rebase' | 'cherry-pick' | 'revert';
  /** Commits. `base` is null when there is none, or several. */
  readonly base: Oid | null;
  readonly ours: Oid;
  readonly theirs: Oid | null;
}

/**
 * Merges in the working tree. Unlike a GitRepository this one changes index, working tree and the branch that is checked
 * out, as the Git commands of the same names do.
 */
export interface MergeWorktree {
  /** What has stopped here, or null. */
  stopped(): Promise<StoppedMerge | null>;
  unmerged(): Promise<UnmergedPath[]>;
  /** Content of a path that is decided in the index, or null. */
  staged(path: string): Promise<Buffer | null>;
  blob(oid: Oid): Promise<Buffer>;
  /** `1a2b3c4 subject`, for people. */
  describe(commit: Oid): Promise<string>;
  /**
   * `git merge REVISION` that stops before its commit, under these settings. Conflicts are no failure. Throws WmsError
   * `merge/refused` (exit code 2) when Git does not begin: nothing was changed then.
   */
  merge(revision: string, settings: readonly (readonly [key: string, value: string])[]): Promise<void>;
  /** Ends a merge that has nothing undecided. Throws WmsError `merge/not-committed` (exit code 2). */
  commit(): Promise<void>;
  /** Decides a path: index and working tree get these bytes, with Git's conversion of line ends. */
  settle(path: string, bytes: Buffer): Promise<void>;
  /** Makes a path that is decided undecided again, with `content` in the working tree. */
  unsettle(path: UnmergedPath, content: string): Promise<void>;
}
