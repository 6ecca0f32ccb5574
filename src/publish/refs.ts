import type { Oid } from '../ports/git-repository.js';

/** One line of the pre-push hook's standard input. */
export interface PushedRef {
  /** `refs/heads/x`, `HEAD`, an object name, or `(delete)`. */
  readonly localRef: string;
  readonly localOid: Oid;
  readonly remoteRef: string;
  /** What the remote has now; all zeros when the ref is new there. */
  readonly remoteOid: Oid;
}

const ZEROS = /^0+$/;

export const isZero = (oid: Oid): boolean => ZEROS.test(oid);

/** Parses `local-ref local-oid remote-ref remote-oid` lines. Ref names hold no spaces. */
export function parsePushedRefs(input: string): PushedRef[] {
  return input
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter((parts) => parts.length === 4)
    .map(([localRef = '', localOid = '', remoteRef = '', remoteOid = '']) => ({
      localRef,
      localOid,
      remoteRef,
      remoteOid,
    }));
}

/** Branch of the remote that a ref updates, or null for deletions, tags and anything else. */
export function updatedBranch(ref: PushedRef): string | null {
  const prefix = 'refs/heads/';
  if (isZero(ref.localOid) || !ref.remoteRef.startsWith(prefix)) return null;
  return ref.remoteRef.slice(prefix.length);
}

/** The `git push` argument that sends this ref alone. */
export function refspecOf(ref: PushedRef): string {
  const short = (name: string) => name.replace(/^refs\/(heads|tags)\//, '');
  if (isZero(ref.localOid)) return `:${short(ref.remoteRef)}`;
  return ref.localRef === ref.remoteRef
    ? short(ref.localRef)
    : `${short(ref.localRef)}:${short(ref.remoteRef)}`;
}

/** A word for a POSIX shell, quoted only where needed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
