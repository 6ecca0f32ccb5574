/** Object name in Git: 40 hex digits, or 64 in a SHA-256 repository. */
export type Oid = string;

export interface TreeEntry {
  /** `100644`, `100755`, `120000` (symbolic link), `160000` (submodule) or `040000` (tree). */
  readonly mode: string;
  readonly oid: Oid;
  /** From the top of the repository, `/` between components, any character but NUL. */
  readonly path: string;
}

/** One line of `diff-tree --raw`: what a commit did to one path, against one of its parents. */
export interface Change {
  /** `A` added, `M` modified, `D` deleted, `T` type changed. */
  readonly status: string;
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldOid: Oid;
  readonly newOid: Oid;
}

export interface Commit {
  readonly oid: Oid;
  /** Parents in order; empty for a root commit. */
  readonly parents: readonly Oid[];
}

export interface CommitChanges extends Commit {
  /** Against the first parent, or against nothing for a root commit. */
  readonly changes: readonly Change[];
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface LoggedCommit extends Commit {
  readonly author: Person;
  readonly authoredAt: Date;
  readonly committedAt: Date;
  readonly message: string;
}

export interface TreeEdit {
  readonly path: string;
  /** Null removes the path. */
  readonly entry: { readonly mode: string; readonly oid: Oid } | null;
}

export interface GitObject {
  readonly oid: Oid;
  readonly bytes: Buffer;
}

export interface PushResult {
  /** `exists`: the remote has a branch of that name already; nothing was changed. */
  readonly outcome: 'pushed' | 'exists';
  /** What the remote's side said, without the `remote:` prefix: hosts print the address of a pull request there. */
  readonly messages: readonly string[];
}

export interface MergedTree {
  readonly tree: Oid;
  /** Paths that both sides changed differently; the tree holds conflict markers there. Empty: a clean merge. */
  readonly conflicts: readonly string[];
}

/** A working tree of this repository: the main one or a linked one. */
export interface Worktree {
  readonly path: string;
  /** Short name; null while HEAD is detached. */
  readonly branch: string | null;
}

/** What moves the branch that is checked out here. */
export interface CheckoutMove {
  readonly branch: string;
  readonly from: Oid;
  readonly to: Oid;
  /** Files that stay on disk as they are, whatever `to` has there. */
  readonly keepFiles: readonly string[];
  /** For the reflog. */
  readonly message: string;
  /** The same move was begun before, and may have been killed in the middle of writing a file. */
  readonly resumed: boolean;
}

/** A temporary index: trees are made without the working tree or the repository's own index. */
export interface TreeWriter {
  /** Writes the tree that is `base` (null: empty) with `edits` applied. */
  write(base: Oid | null, edits: readonly TreeEdit[]): Promise<Oid>;
  close(): Promise<void>;
}

/**
 * One Git repository, spoken to through the `git` program. Never touches the working tree, the index or local
 * branches, unless a method says so. A failing command is a WmsError `git/failed` with Git's own words in `why`.
 */
export interface GitRepository {
  /** Working tree's top, absolute. */
  readonly topLevel: string;
  /** This worktree's Git directory, absolute. */
  readonly gitDir: string;
  /** The Git directory that all worktrees share, absolute. Equal to `gitDir` in a main worktree. */
  readonly commonDir: string;
  /** All zeros, 40 or 64 digits. */
  readonly zeroOid: Oid;

  /** Object that `revision` names, peeled to a commit; null when there is none here. */
  resolveCommit(revision: string): Promise<Oid | null>;
  hasObject(oid: Oid): Promise<boolean>;
  /** Commits reachable from `tip` and not from any of `not`: parents before children. */
  commitsBetween(tip: Oid, not: readonly Oid[]): Promise<Commit[]>;
  changesOf(commits: readonly Commit[]): Promise<CommitChanges[]>;
  isAncestor(ancestor: Oid, descendant: Oid): Promise<boolean>;
  /** Entry at exactly `path`, or null. */
  treeEntry(treeish: Oid, path: string): Promise<TreeEntry | null>;
  /** All files below any of `directories`, recursively; of the whole tree where none is named. */
  filesBelow(treeish: Oid, directories: readonly string[]): Promise<TreeEntry[]>;
  /** Bytes of the file at `path`, or null when there is none. */
  readFile(treeish: Oid, path: string): Promise<Buffer | null>;
  /** Objects in the order asked for, one `cat-file --batch`; reads no further ahead than the consumer takes. */
  readObjects(oids: readonly Oid[], signal?: AbortSignal): AsyncIterable<GitObject>;

  /** Files by commit and path, in the order asked for, by one process. Null: the commit or the file is not here. */
  readFiles(files: readonly { readonly commit: Oid; readonly path: string }[]): AsyncIterable<Buffer | null>;

  /** Best common ancestor, or null. */
  mergeBase(a: Oid, b: Oid): Promise<Oid | null>;
  /** Commits reachable from `tip` that changed one of `paths`, committed at or after `since`, newest first. */
  commitsChanging(
    tip: Oid,
    paths: readonly string[],
    since: Date,
  ): Promise<{ oid: Oid; committedAt: Date }[]>;
  /**
   * As `git log -- PATHS`: commits reachable from `tip` that changed one of `paths`, newest first, at most `limit`. A
   * merge is there only when its files are those of none of its parents.
   */
  log(tip: Oid, paths: readonly string[], limit: number): Promise<LoggedCommit[]>;

  treeOf(commit: Oid): Promise<Oid>;
  /**
   * Writes the tree that a commit of everything in the working tree would have, without what is ignored and without
   * changes below any of `except`. Index and working tree stay as they are.
   */
  workingTree(except: readonly string[]): Promise<Oid>;
  /** Three-way merge of trees, each named by itself or by its commit. Throws WmsError `git/too-old` before Git 2.38. */
  mergeTrees(base: Oid, ours: Oid, theirs: Oid): Promise<MergedTree>;
  writeBlob(bytes: Buffer): Promise<Oid>;
  openTreeWriter(): Promise<TreeWriter>;
  writeCommit(raw: Buffer): Promise<Oid>;
  /** `Name <mail> <seconds> <zone>` of the person at `when`, as a commit object wants it. */
  personIdent(kind: 'author' | 'committer', when: Date): Promise<string>;

  /** Object that `ref` names on the remote (a name or a URL), or null. */
  remoteRef(remote: string, ref: string): Promise<Oid | null>;
  /** Brings `ref` of the remote here without moving any local ref. */
  fetchRef(remote: string, ref: string): Promise<void>;
  /** As `fetchRef`, for several refs with one connection. */
  fetchRefs(remote: string, refs: readonly string[], signal?: AbortSignal): Promise<void>;
  /** An ordinary fetch of one branch: its tracking ref moves along, no local branch does. */
  fetchBranch(remote: string, branch: string): Promise<void>;
  /** Branches of the remote whose name begins with `prefix`. */
  remoteBranches(
    remote: string,
    prefix: string,
    signal?: AbortSignal,
  ): Promise<{ branch: string; oid: Oid }[]>;
  /** Push URLs of a remote's name; a URL is its own only one. */
  pushUrls(remote: string): Promise<string[]>;
  /**
   * Pushes `commit` as a branch that must not exist on the remote yet. Other people's pre-push hooks run, ours lets
   * the push through.
   */
  pushNewBranch(remote: string, commit: Oid, branch: string): Promise<PushResult>;
  /**
   * Pushes `commit`, a descendant of `expected`, as `ref` of the remote, if it still is at `expected` there (null: does
   * not exist); `moved`: it is not, nothing was changed. Hooks as with `pushNewBranch`. Throws WmsError
   * `git/push-refused` (exit code 4) when the remote's rules forbid it, `git/push-failed` (5) for anything else.
   */
  pushRef(remote: string, commit: Oid, ref: string, expected: Oid | null): Promise<'pushed' | 'moved'>;
  /** As `pushNewBranch`, in the place of a branch that still is at `expected`; `exists`: it is somewhere else. */
  replaceBranch(remote: string, commit: Oid, branch: string, expected: Oid): Promise<PushResult>;
  /** Takes a branch off the remote, if it still is at `expected` there; one that is gone is no error. As `pushRef`. */
  deleteBranch(remote: string, branch: string, expected: Oid): Promise<'deleted' | 'moved'>;
  /** Brings the remote's refs whose name begins with `prefix` here, under the same names. */
  mirrorRefs(remote: string, prefix: string): Promise<void>;

  /** Value of a setting, or null. */
  config(key: string): Promise<string | null>;
  setConfig(key: string, value: string): Promise<void>;
  unsetConfig(key: string): Promise<void>;
  /** `git rev-parse --git-path NAME`, absolute: honours core.hooksPath for `hooks`. */
  gitPath(name: string): Promise<string>;
  currentBranch(): Promise<string | null>;
  /** Files below any of `directories` that the index has. */
  trackedFiles(directories: readonly string[]): Promise<string[]>;
  /** Files below any of `directories` that HEAD has, and the working tree has otherwise or not at all. */
  changedFiles(directories: readonly string[]): Promise<string[]>;
  worktrees(): Promise<Worktree[]>;
  /** What was begun in this worktree and not ended: `merge`, `rebase`, `cherry-pick`, `revert`; or null. */
  unfinishedOperation(): Promise<string | null>;
  /** Local refs whose name begins with `prefix`. */
  refs(prefix: string): Promise<{ ref: string; oid: Oid }[]>;
  /**
   * Moves a ref from one object to another (null: it does not exist yet), if it is still there. The branch that is
   * checked out somewhere needs `moveCheckout`.
   */
  updateRef(ref: string, to: Oid, from: Oid | null, message: string): Promise<void>;
  /** Throws what `moveCheckout` would throw before it changes anything. */
  checkMove(move: CheckoutMove): Promise<void>;
  /**
   * Moves the branch that is checked out here, with index and working tree. Changes that are not committed stay, or
   * it throws WmsError `git/local-changes` (exit code 6) and changes nothing. Killed at any moment, the same call
   * with `resumed` gets to the same end.
   */
  moveCheckout(move: CheckoutMove): Promise<void>;
  /** Stages files, also ignored ones. Changes the index. */
  stage(paths: readonly string[]): Promise<void>;
}
