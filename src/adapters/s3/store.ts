import { isWmsError } from '../../errors.js';
import {
  type GetOptions,
  type ObjectId,
  type ObjectStore,
  objectKey,
  type PutOptions,
  type PutOutcome,
} from '../../ports/object-store.js';
import { isObject, isSound, objectCorrupt, objectMissing, wrongBytes } from '../object-errors.js';
import { damagedUpload, notS3 } from './answers.js';
import { failureOf, isConditionRefused, isMissing } from './failure.js';
import type { S3Requests } from './requests.js';

/** Objects in a bucket, in the layout of DVC's remotes. */
export class S3Store implements ObjectStore {
  readonly url: string;
  private knowsConditions = true;

  constructor(private readonly requests: S3Requests) {
    this.url = requests.session.url;
  }

  get(id: ObjectId, { signal, unchecked }: GetOptions = {}): Promise<Buffer> {
    return this.requests.attempt(signal, async () => {
      const transport = await this.requests.session.transport();
      const answer = await transport.get(this.key(id), { signal }).catch((error: unknown) => {
        throw isMissing(failureOf(error)) ? objectMissing(id, this.url) : error;
      });
      const isFromS3 = answer.requestId !== undefined;
      if ((unchecked && isFromS3) || isObject(id, answer.bytes)) return answer.bytes;
      if (!isFromS3) throw notS3(this.url);
      throw objectCorrupt(id, `${this.url}/${objectKey(id)}`);
    });
  }

  has(id: ObjectId, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<boolean> {
    return this.requests.attempt(signal, () => this.isThere(id, signal));
  }

  async put(id: ObjectId, bytes: Buffer, { signal, checked }: PutOptions = {}): Promise<PutOutcome> {
    return this.requests.attempt(signal, async () => {
      // Checked before every attempt: a buffer may have been changed while the first one was under way.
      if (!checked && !isObject(id, bytes)) throw wrongBytes(id);
      if (!this.knowsConditions) return this.putIfAbsent(id, bytes, signal);
      try {
        return await this.send(id, bytes, true, signal);
      } catch (error) {
        const failure = failureOf(error);
        if (failure.status === 412 && failure.isFromS3) return 'present';
        if (isWmsError(error) || !isConditionRefused(failure)) throw error;
        this.knowsConditions = false;
        return this.putIfAbsent(id, bytes, signal);
      }
    });
  }

  async replace(
    id: ObjectId,
    bytes: Buffer,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<PutOutcome> {
    if (isObject(id, bytes) && (await isSound(this, id, { signal }))) return 'present';
    return this.requests.attempt(signal, async () => {
      if (!isObject(id, bytes)) throw wrongBytes(id);
      return this.send(id, bytes, false, signal);
    });
  }

  private async putIfAbsent(
    id: ObjectId,
    bytes: Buffer,
    signal: AbortSignal | undefined,
  ): Promise<PutOutcome> {
    return (await this.isThere(id, signal)) ? 'present' : this.send(id, bytes, false, signal);
  }

  private async send(
    id: ObjectId,
    bytes: Buffer,
    ifAbsent: boolean,
    signal: AbortSignal | undefined,
  ): Promise<PutOutcome> {
    const transport = await this.requests.session.transport();
    const answer = await transport.put(this.key(id), bytes, { signal, md5: id.slice(0, 32), ifAbsent });
    if (answer.requestId === undefined || answer.etag === undefined) throw notS3(this.url);
    if (damagedUpload(id, answer)) throw objectCorrupt(id, `${this.url}/${objectKey(id)}`);
    return 'created';
  }

  /** One byte instead of a HEAD, whose errors have no body and so cannot tell expired from denied. */
  private async isThere(id: ObjectId, signal: AbortSignal | undefined): Promise<boolean> {
    const transport = await this.requests.session.transport();
    try {
      const { requestId } = await transport.get(this.key(id), { signal, firstByteOnly: true });
      if (requestId === undefined) throw notS3(this.url);
      return true;
    } catch (error) {
      const failure = failureOf(error);
      if (isMissing(failure)) return false;
      // The empty object has no first byte.
      if (failure.status === 416) return true;
      throw error;
    }
  }

  private key(id: ObjectId): string {
    return this.requests.wholeKey(objectKey(id));
  }
}
