import { lstatSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { localError } from '../../clone/local-error.js';

/** What tells whether a file was touched. */
export type Look = Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino'>;

/** Null: nothing is there. Links are not followed. */
export async function statsOf(file: string): Promise<Stats | null> {
  try {
    return await lstat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw localError(error, file);
  }
}

/** As `statsOf`. */
export function statsOfSync(file: string): Stats | null {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    throw localError(error, file);
  }
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
