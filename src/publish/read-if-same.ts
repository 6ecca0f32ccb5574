import { lstatSync, readFileSync } from 'node:fs';
import { md5Of } from '../md5.pure.js';

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
    return md5Of(bytes) === md5 ? bytes : null;
  } catch {
    return null;
  }
}
