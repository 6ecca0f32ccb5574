import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { localError } from '../../clone/local-error.js';
import { md5Of } from '../../md5.pure.js';

/** What tells whether a file was touched. */
export type Look = Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino'>;

/** Null: nothing is there. Links are not followed. */
export async function statsOf(file: string): Promise<Stats | null> {
  return lstat(file).catch((error: unknown) => nothing(file, error));
}

/** As `statsOf`. */
export function statsOfSync(file: string): Stats | null {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    return nothing(file, error);
  }
}

/** Null: nothing is there, or a link that leads nowhere. */
export async function md5OfFile(file: string): Promise<string | null> {
  const bytes = await readFile(file).catch((error: unknown) => nothing(file, error));
  return bytes && md5Of(bytes);
}

/** As `md5OfFile`. */
export function md5OfSync(file: string): string | null {
  try {
    return md5Of(readFileSync(file));
  } catch (error) {
    return nothing(file, error);
  }
}

function nothing(file: string, error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw localError(error, file);
}

/** Whether there is what was there before. */
export function isUntouched(now: Look | null, before: Look | null): boolean {
  if (now === null || before === null) return now === before;
  return now.ino === before.ino && now.size === before.size && now.ctimeMs === before.ctimeMs;
}

/** Without the methods and dates of `Stats`, which no thread gets across. */
export function lookOf({ size, mtimeMs, ctimeMs, ino }: Look): Look {
  return { size, mtimeMs, ctimeMs, ino };
}
