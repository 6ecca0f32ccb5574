import { ByteBudget } from '../byte-budget.js';

const OBJECTS_IN_FLIGHT = 64;
const BYTES_IN_FLIGHT = 128 * 1024 * 1024;
const FIRST_GUESS = 1024 * 1024;

/**
 * Does `work`, which answers the bytes it held, for every item: many at a time, but not more than memory has room for.
 * Manifests don't tell sizes, so the largest object so far stands for the next one. The first failure stops the rest
 * and is thrown.
 */
export async function forEachBounded<T>(
  items: Iterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<number>,
): Promise<void> {
  const failed = new AbortController();
  const budget = new ByteBudget(BYTES_IN_FLIGHT, OBJECTS_IN_FLIGHT);
  const running = new Set<Promise<void>>();
  let guess = FIRST_GUESS;
  for (const item of items) {
    const reserved = guess;
    await budget.acquire(reserved);
    if (failed.signal.aborted) break;
    const job = work(item, failed.signal)
      .then((bytes) => {
        guess = Math.max(guess, bytes);
      })
      .catch((error: unknown) => failed.abort(error))
      .finally(() => {
        budget.release(reserved);
        running.delete(job);
      });
    running.add(job);
  }
  await Promise.all(running);
  // Whatever failed first made the others stop; only it says why.
  failed.signal.throwIfAborted();
}
