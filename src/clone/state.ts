import { join } from 'node:path';
import { EXIT, WmsError } from '../errors.js';

/** Where this program keeps its files, in the Git directory that all worktrees share. */
export function stateDirectory(commonDir: string): string {
  return join(commonDir, 'wms');
}

interface Row {
  readonly kind: string;
  readonly why: string;
  readonly next: string;
}

const FULL: Row = {
  kind: 'local/disk-full',
  why: 'There is no room left on that disk, or your quota is used up.',
  next: 'Make room, then push again: what is stored already is kept.',
};
const FORBIDDEN: Row = {
  kind: 'local/no-permission',
  why: 'The file system does not let you do that.',
  next: 'Make it readable and writable for you, then push again.',
};
const ROWS: Record<string, Row> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: { ...FORBIDDEN, why: 'That disk is mounted read-only.' },
};

/** What this machine refuses is no bug of this program. Other errors stay what they are. */
export function localError(error: unknown, place: string): unknown {
  const { code = '', path, message } = error as NodeJS.ErrnoException;
  const row = error instanceof WmsError ? undefined : ROWS[code];
  if (row === undefined) return error;
  return new WmsError({
    kind: row.kind,
    code: EXIT.network,
    what: `${path ?? place} cannot be used.`,
    why: `${row.why} (${message})`,
    next: row.next,
    cause: error,
  });
}
