import { EXIT, WmsError } from '../errors.js';

const FULL = {
  kind: 'local/disk-full',
  why: 'There is no room left on that disk, or your quota is used up.',
  next: 'Make room, then do this again: what is done already is kept.',
};
const FORBIDDEN = {
  kind: 'local/no-permission',
  why: 'The file system does not let you do that.',
  next: 'Make it readable and writable for you, then do this again.',
};
const IN_THE_WAY = {
  kind: 'local/in-the-way',
  why: 'A file stands where a directory is needed, or the other way round.',
  next: 'Move it away, then do this again.',
};
const ROWS: Record<string, typeof FULL> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: { ...FORBIDDEN, why: 'That disk is mounted read-only.' },
  ENOTDIR: IN_THE_WAY,
  EISDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  ENOTEMPTY: IN_THE_WAY,
};

/**
 * What this machine refuses is no bug of this program: then a WmsError that names `place`, or what the system names.
 * Other errors stay what they are.
 */
export function localError(error: unknown, place?: string): unknown {
  const { code = '', path, message } = error as NodeJS.ErrnoException;
  const row = error instanceof WmsError ? undefined : ROWS[code];
  if (row === undefined) return error;
  return new WmsError({
    kind: row.kind,
    code: row === IN_THE_WAY ? EXIT.conflict : EXIT.network,
    what: `${place ?? path ?? 'This disk'} cannot be used.`,
    why: `${row.why} (${message})`,
    next: row.next,
    cause: error,
  });
}
