import { setMaxListeners } from 'node:events';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import { isWmsError } from '../../errors.js';
import type { Timing } from '../../ports/timing.js';
import { isUnreachable } from '../network-failure.js';
import { type Verdict, withRetries } from '../retry.js';
import { DEFAULT_JOBS } from './connection-settings.js';
import { failureOf, isBusy, isTransient } from './failure.js';
import { AdaptiveLimiter } from './limiter.js';
import type { S3Session } from './session.js';

/** Longest time from the first attempt on, milliseconds. */
const DEADLINE = 120_000;
/** The same, for a server that has never answered: a wrong address or no network, most likely. */
const FIRST_CONTACT_DEADLINE = 8_000;

/** Requests to one remote: as many at a time as it takes, retried where that can help, failures as WmsErrors. */
export class S3Requests {
  private readonly limiter: AdaptiveLimiter;
  private hasAnswered = false;

  constructor(
    readonly session: S3Session,
    private readonly remote: S3Remote,
    private readonly timing: Timing,
  ) {
    this.limiter = new AdaptiveLimiter(remote.jobs ?? DEFAULT_JOBS);
  }

  /** Whole key in the bucket of a key below the remote's prefix. */
  wholeKey(key: string): string {
    const { prefix } = this.remote;
    return prefix === '' ? key : `${prefix}/${key}`;
  }

  attempt<T>(signal: AbortSignal | undefined, request: () => Promise<T>): Promise<T> {
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
