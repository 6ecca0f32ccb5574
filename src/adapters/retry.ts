import type { Timing } from '../ports/timing.js';

/** What to do about a failed attempt. */
export type Verdict =
  | { readonly retry: 'no' }
  /** The cause was removed; the next attempt can start at once. Allowed once. */
  | { readonly retry: 'now' }
  /** Milliseconds from the first attempt, after which waiting any longer makes no sense. */
  | { readonly retry: 'later'; readonly deadline: number };

export interface RetryOptions {
  readonly timing: Timing;
  readonly judge: (error: unknown) => Verdict;
  readonly signal?: AbortSignal | undefined;
}

const SHORTEST_WAIT = 1000;
const LONGEST_WAIT = 20_000;

/** Runs `attempt` until it succeeds, fails for good, or the deadline would pass while waiting. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { timing, judge, signal } = options;
  const start = timing.now();
  let immediate = 0;
  for (let failures = 1; ; failures += 1) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      const verdict = judge(error);
      if (verdict.retry === 'now' && immediate === 0) {
        immediate += 1;
        continue;
      }
      if (verdict.retry !== 'later') throw error;
      const pause = backoff(failures, timing.random());
      if (timing.now() + pause > start + verdict.deadline) throw error;
      await timing.sleep(pause, signal);
    }
  }
}

/** 1–2 s after the first failure, then up to 4, 8, 16 and 20 s. */
function backoff(failures: number, random: number): number {
  const longest = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** failures);
  return SHORTEST_WAIT + random * (longest - SHORTEST_WAIT);
}
