import type { CallOptions } from './object-store.js';

/**
 * Small files of our own in the store, beside DVC's objects. A name has parts of letters, digits and `-`, separated by
 * `/`. As with objects, readers meet complete content or none, transient failures are retried inside, and what comes out
 * is a WmsError with exit code 4 or 5.
 */
export interface StoreNotes {
  /** Null: there is none of that name. What somebody wrote before the question was asked is seen. */
  read(name: string, options?: CallOptions): Promise<Buffer | null>;
  /** Writes where nothing is; false, and nothing is changed, where something is. */
  create(name: string, bytes: Buffer, options?: CallOptions): Promise<boolean>;
  /**
   * Writes where exactly `expected` is; false, and nothing is changed, where anything else is, or nothing. Of several who
   * expect the same, one gets true. Contents must never come back: whoever writes puts something unique into them.
   */
  replace(name: string, expected: Buffer, bytes: Buffer, options?: CallOptions): Promise<boolean>;
  /** Writes, whatever is there. */
  write(name: string, bytes: Buffer, options?: CallOptions): Promise<void>;
}

/** Key below the store's prefix. `dvc gc` leaves keys alone whose first component is longer than two characters. */
export function noteKey(name: string): string {
  return `wms/${name}`;
}
