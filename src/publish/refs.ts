import type { Oid } from '../ports/git-repository.js';

/** One line of the pre-push hook's standard input. */
export interface PushedRef {
  /** `refs/heads/x`, `(delete)`, or what the user typed: `HEAD`, an object name, `main@{2 days ago}`. */
  readonly localRef: string;
  readonly localOid: Oid;
  readonly remoteRef: string;
  /** What the remote has now; all zeros when the ref is new there. */
  readonly remoteOid: Oid;
}

const ZEROS = /^0+$/;
/** From its end: only the local ref may hold spaces. */
const LINE = /^(.*) (\S+) (\S+) (\S+)$/;

export const isZero = (oid: Oid): boolean => ZEROS.test(oid);

/** Parses `local-ref local-oid remote-ref remote-oid` lines. */
export function parsePushedRefs(input: string): PushedRef[] {
  return input.split('\n').flatMap((line) => {
    const [, localRef = '', localOid = '', remoteRef = '', remoteOid = ''] = LINE.exec(line.trim()) ?? [];
    return localOid === '' ? [] : [{ localRef, localOid, remoteRef, remoteOid }];
  });
}

/** Branch of the remote that a ref updates, or null for deletions, tags and anything else. */
export function updatedBranch(ref: PushedRef): string | null {
  const prefix = 'refs/heads/';
  if (isZero(ref.localOid) || !ref.remoteRef.startsWith(prefix)) return null;
  return ref.remoteRef.slice(prefix.length);
}

/** The `git push` argument that sends this ref alone. */
export function refspecOf(ref: PushedRef): string {
  const { localOid, localRef, remoteRef } = ref;
  if (isZero(localOid)) return `:${remoteRef.replace(/^refs\/heads\//, '')}`;
  if (localRef === remoteRef) return localRef.replace(/^refs\/(heads|tags)\//, '');
  // Shortened, a tag could be taken for a branch, and Git would not know what to make of a commit.
  return `${localRef}:${remoteRef}`;
}

/** A word for a POSIX shell, quoted only where needed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
