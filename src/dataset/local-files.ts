import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import { basename, dirname, join } from 'node:path';
import { EXIT, WmsError } from '../errors.js';

const PREFIX = '.wms-tmp-';
const HOST = createHash('md5').update(os.hostname()).digest('hex').slice(0, 8);
const NAME = /^\.wms-tmp-([0-9a-f]{8})-(\d+)-[0-9a-f-]+$/;
/** On a disk that several machines share, the number of a process elsewhere says nothing. */
const STALE_MS = 24 * 60 * 60 * 1000;

/**
 * Lets `write` make a file under a temporary name, and gives it its final one when it is complete. Missing directories
 * are made. Throws WmsError `local/disk-full`, `local/no-permission` or `local/in-the-way`.
 */
export async function placeFile(
  file: string,
  write: (temporary: string) => Promise<unknown>,
  makeDirectory: (path: string) => Promise<unknown> = (path) => mkdir(path, { recursive: true }),
): Promise<void> {
  const temporary = join(dirname(file), `${PREFIX}${HOST}-${process.pid}-${randomUUID()}`);
  try {
    await write(temporary).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await makeDirectory(dirname(file));
      await write(temporary);
    });
    await rename(temporary, file);
  } catch (error) {
    throw localFailure(error, file);
  } finally {
    // Also after success: renaming one hard link of a file over another leaves both.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Whether this is a temporary file, of a living process or not. */
export function isTemporary(name: string): boolean {
  return basename(name).startsWith(PREFIX);
}

/** Removes temporary files whose process is gone. */
export async function removeLeftovers(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const [, host, pid] = NAME.exec(basename(file)) ?? [];
    if (pid === undefined) continue;
    const changed = (await stat(file).catch(() => null))?.mtimeMs ?? 0;
    const isGone = host === HOST && !isRunning(Number(pid));
    if (isGone || changed < Date.now() - STALE_MS) await rm(file, { force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const FULL = {
  kind: 'local/disk-full',
  why: 'There is no room left on that disk, or your quota is used up.',
  next: 'Make room, then run the command again: what is here already is kept.',
};
const FORBIDDEN = {
  kind: 'local/no-permission',
  why: 'The file system does not let you do that.',
  next: 'Make that place writable for you, then run the command again.',
};
const IN_THE_WAY = {
  kind: 'local/in-the-way',
  why: 'A file stands where a directory is needed, or the other way round.',
  next: 'Move it away, then run the command again.',
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

/** What this machine refuses is no bug of this program. Other errors stay what they are. */
export function localFailure(error: unknown, file: string): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const row = error instanceof WmsError ? undefined : ROWS[code];
  if (row === undefined) return error;
  return new WmsError({
    kind: row.kind,
    code: row === IN_THE_WAY ? EXIT.conflict : EXIT.network,
    what: `${file} cannot be written.`,
    why: `${row.why} (${message})`,
    next: row.next,
    cause: error,
  });
}
