import { setMaxListeners } from 'node:events';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import { isWmsError } from '../../errors.js';
import { type ObjectId, type ObjectStore, objectKey, type PutOutcome } from '../../ports/object-store.js';
import type { Timing } from '../../ports/timing.js';
import { isUnreachable } from '../network-failure.js';
import { isObject, isSound, objectCorrupt, objectMissing, wrongBytes } from '../object-errors.js';
import { type Verdict, withRetries } from '../retry.js';
import { damagedUpload, notS3 } from './answers.js';
import { DEFAULT_JOBS } from './connection-settings.js';
import { failureOf, isBusy, isConditionRefused, isMissing, isTransient } from './failure.js';
import { AdaptiveLimiter } from './limiter.js';
import type { S3Session } from './session.js';

/** Longest time from the first attempt on, milliseconds. */
const DEADLINE = 120_000;
/** The same, for a server that has never answered: a wrong address or no network, most likely. */
const FIRST_CONTACT_DEADLINE = 8_000;

/** Objects in a bucket, in the layout of DVC's remotes. */
export class S3Store implements ObjectStore {
  readonly url: string;
  private readonly limiter: AdaptiveLimiter;
  private hasAnswered = false;
  private knowsConditions = true;

  constructor(
    private readonly session: S3Session,
    private readonly remote: S3Remote,
    private readonly timing: Timing,
  ) {
    this.url = session.url;
    this.limiter = new AdaptiveLimiter(remote.jobs ?? DEFAULT_JOBS);
  }

  get(id: ObjectId, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Buffer> {
    return this.attempt(signal, async () => {
      const transport = await this.session.transport();
      const answer = await transport.get(this.key(id), { signal }).catch((error: unknown) => {
        throw isMissing(failureOf(error)) ? objectMissing(id, this.url) : error;
      });
      if (isObject(id, answer.bytes)) return answer.bytes;
      if (answer.requestId === undefined) throw notS3(this.url);
      throw objectCorrupt(id, `${this.url}/${objectKey(id)}`);
    });
  }

  has(id: ObjectId, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<boolean> {
    return this.attempt(signal, () => this.isThere(id, signal));
  }

  async put(
    id: ObjectId,
    bytes: Buffer,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<PutOutcome> {
    return this.attempt(signal, async () => {
      // Checked before every attempt: a buffer may have been changed while the first one was under way.
      if (!isObject(id, bytes)) throw wrongBytes(id);
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
    return this.attempt(signal, async () => {
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
    const transport = await this.session.transport();
    const answer = await transport.put(this.key(id), bytes, { signal, md5: id.slice(0, 32), ifAbsent });
    if (answer.requestId === undefined || answer.etag === undefined) throw notS3(this.url);
    if (damagedUpload(id, answer)) throw objectCorrupt(id, `${this.url}/${objectKey(id)}`);
    return 'created';
  }

  /** One byte instead of a HEAD, whose errors have no body and so cannot tell expired from denied. */
  private async isThere(id: ObjectId, signal: AbortSignal | undefined): Promise<boolean> {
    const transport = await this.session.transport();
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
    const { prefix } = this.remote;
    return prefix === '' ? objectKey(id) : `${prefix}/${objectKey(id)}`;
  }

  private attempt<T>(signal: AbortSignal | undefined, request: () => Promise<T>): Promise<T> {
    // One signal stops all transfers of a push; Node takes more than ten listeners for a leak and prints a warning.
    if (signal !== undefined) setMaxListeners(0, signal);
    const observed = async () => {
      try {
        const result = await request();
        this.hasAnswered = true;
        this.limiter.settled(true);
        return result;
      } catch (error) {
        if (isBusy(failureOf(error))) this.limiter.slowDown();
        this.limiter.settled(false);
        const retryNow = await this.session.learnRegion(error);
        throw retryNow ? new RegionLearned(error) : error;
      }
    };
    const judge = (error: unknown) => this.judge(error);
    const job = () => withRetries(observed, { timing: this.timing, judge, signal });
    return this.limiter.run(job, signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw this.session.error(error instanceof RegionLearned ? error.cause : error);
    });
  }

  private judge(error: unknown): Verdict {
    if (error instanceof RegionLearned) return { retry: 'now' };
    if (isWmsError(error)) return { retry: 'no' };
    const failure = failureOf(error);
    if (failure.status !== 0) this.hasAnswered = true;
    if (failure.isClockCorrected) return { retry: 'now' };
    if (!isTransient(failure)) return { retry: 'no' };
    const isFirstContact = isUnreachable(failure) && !this.hasAnswered;
    return { retry: 'later', deadline: isFirstContact ? FIRST_CONTACT_DEADLINE : DEADLINE };
  }
}

class RegionLearned extends Error {
  constructor(cause: unknown) {
    super('region learned', { cause });
  }
}
