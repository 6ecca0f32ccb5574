import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { localError } from './local-error.js';
import { isRunning } from './processes.js';

const PREFIX = '.wms-tmp-';
const HOST = createHash('md5').update(os.hostname()).digest('hex').slice(0, 8);
const NAME = /^\.wms-tmp-([0-9a-f]{8})-(\d+)-[0-9a-f-]+$/;
/** On a disk that several machines share, the number of a process elsewhere says nothing. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** What `write` answers when it has made a hard link: renamed over another link of the same file, both names stay. */
export const HARD_LINK = Symbol('hard link');

/**
 * Lets `write` make a file under a temporary name, and gives it its final one when it is complete. Missing directories
 * are made. Throws WmsError `local/disk-full`, `local/no-permission` or `local/in-the-way`.
 */
export async function placeFile(
  file: string,
  write: (temporary: string) => Promise<unknown>,
  makeDirectory: (path: string) => Promise<unknown> = (path) => mkdir(path, { recursive: true }),
): Promise<void> {
  const temporary = temporaryFor(file);
  const remove = () => rm(temporary, { force: true }).catch(() => undefined);
  try {
    const made = await write(temporary).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await makeDirectory(dirname(file));
      return write(temporary);
    });
    await rename(temporary, file);
    if (made === HARD_LINK) await remove();
  } catch (error) {
    await remove();
    throw localError(error, file);
  }
}

/**
 * As `placeFile`, without giving way to anything else meanwhile: for threads that do nothing but this. Node's promises
 * cost more than what the disk does for a small file.
 */
export function placeFileSync(
  file: string,
  write: (temporary: string) => unknown,
  makeDirectory: (path: string) => unknown = (path) => mkdirSync(path, { recursive: true }),
): void {
  const temporary = temporaryFor(file);
  try {
    const made = writeOnceMore(temporary, write, () => makeDirectory(dirname(file)));
    renameSync(temporary, file);
    if (made === HARD_LINK) rmSync(temporary, { force: true });
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // What failed first is what is told; the next run removes what is left.
    }
    throw localError(error, file);
  }
}

function writeOnceMore(
  temporary: string,
  write: (temporary: string) => unknown,
  makeDirectory: () => unknown,
): unknown {
  try {
    return write(temporary);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    makeDirectory();
    return write(temporary);
  }
}

function temporaryFor(file: string): string {
  return `${dirname(file)}${sep}${PREFIX}${HOST}-${process.pid}-${randomUUID()}`;
}

/** Readers see the old content or the new one, never half of one. Throws as `placeFile`. */
export function placeContent(file: string, content: string | Buffer): Promise<void> {
  return placeFile(file, (temporary) => writeFile(temporary, content));
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
    const isGone = host === HOST && !(await isRunning(Number(pid)));
    if (isGone || changed < Date.now() - STALE_MS) await rm(file, { force: true }).catch(() => undefined);
  }
}

/** As `removeLeftovers`, for everything in `directory` and below. */
export async function removeLeftoversBelow(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  await removeLeftovers(names.map((name) => join(directory, name)));
}
