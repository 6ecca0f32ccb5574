/**
 * Name of an object: the MD5 of its bytes as 32 lowercase hex digits; for a manifest the MD5 of the manifest's
 * bytes followed by `.dir`. In the store it lives at `<prefix>/files/md5/<2 digits>/<rest>` (DVC 3 layout).
 */
export type ObjectId = string;

export type PutOutcome = 'created' | 'present';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends CallOptions {
  /** The caller compares the MD5, on a thread that has time for it: bytes that come may be damaged. */
  readonly unchecked?: boolean | undefined;
}

export interface PutOptions extends CallOptions {
  /** The caller has compared the MD5, on a thread that had time for it, and nobody changes the bytes any more. */
  readonly checked?: boolean | undefined;
}

/**
 * Where objects live. Promises that every implementation keeps, checked by one contract suite:
 *
 * 1. `put` resolves only when the complete object can be read by anybody; a killed or failed `put` leaves nothing
 *    under the object's name. Putting an object that is there already is not an error and does not change it.
 * 2. `put` refuses bytes whose MD5 is not the id (WmsError `store/wrong-bytes`), unless the caller has compared it;
 *    nothing is sent.
 * 3. `get` returns exactly the bytes that were put, MD5 checked (`store/object-corrupt` otherwise) unless the caller
 *    does that, or fails with `store/object-missing`.
 * 4. No method ever lists the store, and none deletes.
 * 5. Transient failures are retried inside until a deadline; what comes out is a WmsError that names the store,
 *    the reason and the next step: exit code 4 for credentials and permission, 5 for store and network.
 * 6. All methods may be called concurrently; an aborted `signal` rejects promptly.
 * 7. `replace` is the only method that overwrites, and only what is not the object: bytes that are missing or have
 *    another MD5. Readers meet the old bytes or the new ones, never a part. Like `put`, it refuses wrong bytes.
 */
export interface ObjectStore {
  /** For people: `s3://bucket/prefix` or a directory path. Never holds a secret. */
  readonly url: string;
  get(id: ObjectId, options?: GetOptions): Promise<Buffer>;
  has(id: ObjectId, options?: CallOptions): Promise<boolean>;
  put(id: ObjectId, bytes: Buffer, options?: PutOptions): Promise<PutOutcome>;
  /** Puts an object in the place of its damaged bytes; `present`: they are the right ones, nothing was written. */
  replace(id: ObjectId, bytes: Buffer, options?: CallOptions): Promise<PutOutcome>;
}

/** Key below the store's prefix. */
export function objectKey(id: ObjectId): string {
  return `files/md5/${id.slice(0, 2)}/${id.slice(2)}`;
}
