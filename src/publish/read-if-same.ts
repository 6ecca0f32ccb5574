import { hash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';

/** A file that may hold the bytes of an object. */
export interface FileToRead {
  /** Absolute. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Of the object. */
  readonly md5: string;
}

/**
 * The file's bytes if they are the object's; null: something else is there, or nothing that can be read. Everything is
 * done at once: it is made for threads.
 */
export function readIfSame({ file, size, md5 }: FileToRead): Uint8Array | null {
  try {
    const stats = lstatSync(file);
    if (!stats.isFile() || stats.size !== size) return null;
    const bytes = readFileSync(file);
    return hash('md5', bytes) === md5 ? bytes : null;
  } catch {
    return null;
  }
}
