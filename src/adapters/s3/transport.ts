import type { ClientParts } from './client.js';

export interface GetOptions {
  readonly signal?: AbortSignal | undefined;
  /** Only as much as proves that the object is there. */
  readonly firstByteOnly?: boolean | undefined;
}

export interface PutOptions {
  readonly signal?: AbortSignal | undefined;
  /** MD5 of the bytes, 32 hex digits: the server refuses bytes that got damaged on the way. */
  readonly md5: string;
  /** The server refuses to replace an object. */
  readonly ifAbsent: boolean;
  /** The server refuses to replace any object but the one with this ETag. */
  readonly ifMatch?: string | undefined;
}

export interface GetAnswer {
  readonly bytes: Buffer;
  readonly etag: string | undefined;
  /** Undefined: no S3 answered. */
  readonly requestId: string | undefined;
}

export interface PutAnswer {
  readonly etag: string | undefined;
  /** Kind of encryption at rest. */
  readonly encryption: string | undefined;
  /** Encrypted with a key that came with the request. */
  readonly hasCustomerKey: boolean;
  /** Undefined: no S3 answered. */
  readonly requestId: string | undefined;
}

/**
 * One request, one answer; no retry, no judgement. What failed is thrown in the shape of the SDK's errors, which
 * `failureOf` reads. Keys are whole keys of the bucket.
 */
export interface ObjectTransport {
  get(key: string, options: GetOptions): Promise<GetAnswer>;
  put(key: string, bytes: Buffer, options: PutOptions): Promise<PutAnswer>;
}

export type CreateTransport = (parts: ClientParts) => Promise<ObjectTransport>;
