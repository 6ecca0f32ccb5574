import type { Oid } from '../ports/git-repository.js';
import type { PushedRef } from './refs.js';

/** What is published where. */
export interface PublishTarget {
  /** Remote as the user calls it: `origin`, or a URL. */
  readonly remote: string;
  /** What Git is given to talk to it. */
  readonly pushTo: string;
  /** Protected branch that the push was for. */
  readonly branch: string;
  /** Pushed commit. Null: the files come from the working tree. */
  readonly tip: Oid | null;
  /** What the remote's branch holds now. Null: the remote has no such branch yet. */
  readonly base: Oid | null;
  /** Refs of the same push that Git will not push either, because the hook stops all of it. */
  readonly otherRefs: readonly PushedRef[];
}
