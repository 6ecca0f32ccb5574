import { isObject, objectCorrupt, objectMissing, wrongBytes } from '../../src/adapters/object-errors.js';
import type {
  CallOptions,
  GetOptions,
  ObjectId,
  ObjectStore,
  PutOptions,
  PutOutcome,
} from '../../src/ports/object-store.js';

type Method = 'get' | 'has' | 'put' | 'replace';

/** Objects in memory, for tests of everything that uses a store. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<ObjectId, Buffer>();
  readonly calls: { readonly method: Method; readonly id: ObjectId }[] = [];
  private failures: { method: Method; error: unknown; after: number; times: number }[] = [];

  constructor(readonly url = 'memory://test') {}

  count(method: Method): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Makes calls of `method` fail: the first `after` ones still succeed, then `times` ones don't. */
  failOn(method: Method, error: unknown, { after = 0, times = Number.POSITIVE_INFINITY } = {}): void {
    this.failures.push({ method, error, after, times });
  }

  async get(id: ObjectId, options?: GetOptions): Promise<Buffer> {
    await this.enter('get', id, options);
    const bytes = this.objects.get(id);
    if (bytes === undefined) throw objectMissing(id, this.url);
    if (!options?.unchecked && !isObject(id, bytes)) throw objectCorrupt(id, `${this.url}/${id}`);
    return Buffer.from(bytes);
  }

  async has(id: ObjectId, options?: CallOptions): Promise<boolean> {
    await this.enter('has', id, options);
    return this.objects.has(id);
  }

  async put(id: ObjectId, bytes: Buffer, options?: PutOptions): Promise<PutOutcome> {
    await this.enter('put', id, options);
    if (!options?.checked && !isObject(id, bytes)) throw wrongBytes(id);
    if (this.objects.has(id)) return 'present';
    this.objects.set(id, Buffer.from(bytes));
    return 'created';
  }

  async replace(id: ObjectId, bytes: Buffer, options?: CallOptions): Promise<PutOutcome> {
    await this.enter('replace', id, options);
    if (!isObject(id, bytes)) throw wrongBytes(id);
    const stored = this.objects.get(id);
    if (stored !== undefined && isObject(id, stored)) return 'present';
    this.objects.set(id, Buffer.from(bytes));
    return 'created';
  }

  private async enter(method: Method, id: ObjectId, options: CallOptions | undefined): Promise<void> {
    options?.signal?.throwIfAborted();
    this.calls.push({ method, id });
    // Like a real store, never in the same turn: callers must not rely on it.
    await new Promise((resolve) => setImmediate(resolve));
    options?.signal?.throwIfAborted();
    for (const failure of this.failures) {
      if (failure.method !== method) continue;
      if (failure.after > 0) failure.after -= 1;
      else if (failure.times > 0) {
        failure.times -= 1;
        throw failure.error;
      }
    }
  }
}
