import type { Oid } from './git-repository.js';

/** Made by the machine for a head branch: found again by that branch, never made twice. */
export interface PullRequestDraft {
  /** Branch to be merged, short name. */
  readonly head: string;
  /** Branch that it goes into. */
  readonly base: string;
  readonly title: string;
  /** Markdown. Whoever writes it escapes what others wrote. */
  readonly body: string;
  /** Added to those that are there; none is taken away. */
  readonly labels: readonly string[];
}

export interface PullRequest {
  /** Names it on its host: `12`, or the head branch. */
  readonly id: string;
  /** Where people see it; null: nowhere but in Git. */
  readonly url: string | null;
  /** `closed`: somebody decided against it, or its head branch is gone. */
  readonly state: 'open' | 'merged' | 'closed';
  /** False: it conflicts with the base branch. Null: not known. */
  readonly mergeable: boolean | null;
  readonly head: { readonly branch: string; readonly commit: Oid };
  readonly base: { readonly branch: string; readonly commit: Oid };
  readonly author: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

export interface CommitStatus {
  /** Which check this is about: `wms/gate`. One commit has one status of a name, the last one. */
  readonly name: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** One line. */
  readonly summary: string;
  /** Where more is to be read. */
  readonly url: string | null;
}

export interface MergeOrder {
  readonly pullRequest: PullRequest;
  /** Commit that was judged: nothing else is merged. */
  readonly head: Oid;
  readonly method: 'merge' | 'squash';
  /** First line of the commit on the base branch. */
  readonly title: string;
  /** The rest of its message; may be empty. */
  readonly message: string;
}

export type MergeOutcome =
  /** `commit`: on the base branch. */
  | { readonly outcome: 'merged'; readonly commit: Oid }
  /** The host merges it by itself as soon as what its rules ask for is there. */
  | { readonly outcome: 'waits' };

/**
 * Where pull requests are. Promises that every implementation keeps, checked by one contract suite:
 *
 * 1. Every call made twice leaves what it leaves when made once.
 * 2. A merge takes exactly the commit that it was told, or fails with WmsError `host/head-moved` (exit code 6).
 * 3. What others wrote in names and messages is data: nothing of it is run, or read as an option or an address.
 * 4. Failures are WmsErrors with exit code 4 (credentials, permission, the host's settings), 5 or 6; transient ones
 *    are retried inside. None holds a token.
 */
export interface CodeHost {
  /** For people, without secrets: `https://github.com/team/meters`, `git origin`. */
  readonly url: string;
  /** Who acts here. */
  whoAmI(): Promise<string>;
  /** The open pull request of the branch, else the last one it had; null: it never had one. */
  findPullRequest(head: string): Promise<PullRequest | null>;
  /** Makes it, or brings the open one to this title, body and labels. One that has ended is answered as it is. */
  savePullRequest(draft: PullRequestDraft): Promise<PullRequest>;
  /** The one comment of this name: written when there is none, else changed. `name` is letters, digits and `-`. */
  saveComment(pullRequest: PullRequest, name: string, markdown: string): Promise<void>;
  saveStatus(commit: Oid, status: CommitStatus): Promise<void>;
  /** Address at which Markdown there shows a picture that a commit of the repository holds; null: it shows none. */
  pictureUrl(commit: Oid, path: string): string | null;
  /** `own`: nobody approves what is their own. */
  approve(pullRequest: PullRequest, reason: string): Promise<'approved' | 'own'>;
  /** Throws WmsError `host/conflict` (exit code 6) when it does not fit onto the base branch. */
  merge(order: MergeOrder): Promise<MergeOutcome>;
}
