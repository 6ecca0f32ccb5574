import { EXIT, WmsError, type WmsErrorParts } from '../../errors.js';

type Row = Pick<WmsErrorParts, 'kind' | 'code'> & { why: string; next: (root: string) => string };

const FULL: Row = {
  kind: 'store/disk-full',
  code: EXIT.network,
  why: 'There is no room left on that disk, or your quota is used up.',
  next: () => 'Make room, then push again: what is stored already is kept.',
};
const FORBIDDEN: Row = {
  kind: 'store/no-permission',
  code: EXIT.credentials,
  why: 'The file system does not let you do that.',
  next: (root) => `Ask the owner of ${root} for permission to read and write there.`,
};
const NOT_A_DIRECTORY: Row = {
  kind: 'store/not-a-directory',
  code: EXIT.network,
  why: 'A file stands where a directory is needed.',
  next: () => 'Correct the url of the remote in .dvc/config.',
};
const READ_ONLY: Row = {
  kind: 'store/read-only',
  code: EXIT.network,
  why: 'That disk is mounted read-only.',
  next: () => 'Mount it writable, or set another directory in .dvc/config.',
};
const ROWS: Record<string, Row> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: READ_ONLY,
  ENOTDIR: NOT_A_DIRECTORY,
  EEXIST: NOT_A_DIRECTORY,
};

/** A failed file operation in the words of the store's user. `doing` completes "could not …". */
export function directoryError(error: unknown, doing: string, root: string): WmsError {
  const { code = '', message, path } = error as NodeJS.ErrnoException;
  const row = ROWS[code];
  return new WmsError({
    kind: row?.kind ?? 'store/io',
    code: row?.code ?? EXIT.network,
    what: `The store ${root} could not ${doing}.`,
    why: row === undefined ? message : `${row.why} (${code}${path === undefined ? '' : `: ${path}`})`,
    next: row?.next(root) ?? `Check the disk that holds ${root}, then push again.`,
    cause: error,
  });
}
