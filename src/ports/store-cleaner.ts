import type { CallOptions } from './object-store.js';

/** What lies in the store under one key. */
export interface StoredKey {
  /** Below the store's prefix: `files/md5/ab/cdef…`, `wms/claims/…`. */
  readonly key: string;
  readonly bytes: number;
  /** Milliseconds since it was last written, by the store's own clock. */
  readonly age: number;
}

/** A key that the store did not delete. */
export interface NotRemoved {
  readonly key: string;
  /** In the store's own words. */
  readonly reason: string;
}

/**
 * The only door through which the store is listed and anything in it deleted. Failures are those of an ObjectStore;
 * without permission to delete it is WmsError `store/delete-denied` (exit code 4).
 */
export interface StoreCleaner {
  /**
   * Everything whose key begins with `prefix` and that was there from the first answer to the last; memory holds one
   * part of the answer. `prefix` ends with `/`. A directory lists files only, no links.
   */
  list(prefix: string, options?: CallOptions): AsyncIterable<StoredKey>;
  /**
   * Deletes exactly these keys; those that are gone already count as deleted. Answers those that the store refused to
   * delete one by one. A key that is neither an object's nor a note's is a bug of the caller: nothing is
   * deleted.
   */
  remove(keys: readonly string[], options?: CallOptions): Promise<NotRemoved[]>;
}

const OURS = /^(files\/md5\/[0-9a-f]{2}\/[0-9a-f]{30}(\.dir)?|wms(\/[A-Za-z0-9-]+)+)$/;

/** Throws for keys that no caller may delete. */
export function refuseForeignKeys(keys: readonly string[]): void {
  const foreign = keys.find((key) => !OURS.test(key));
  if (foreign !== undefined) throw new Error(`${foreign} is not ours to delete`);
}
