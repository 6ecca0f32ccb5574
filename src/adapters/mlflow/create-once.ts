import type { Timing } from '../../ports/timing.js';
import { refusalOf } from './errors.js';
import { isAmbiguous } from './refusal.js';

export interface CreateOnce<T> {
  /** All that were made for the same key, in an order that everybody sees alike. */
  find(): Promise<readonly T[]>;
  /** Makes one with the key, in one request that is not repeated. */
  create(): Promise<T>;
  isSame(one: T, other: T): boolean;
  /** Takes back one that we made. */
  withdraw(one: T): Promise<void>;
}

/** Pauses before it is tried again, milliseconds. */
const PAUSES = [1000, 4000, 15_000];

/**
 * Makes something once, on a server that would make it twice when asked twice: it is looked for before every attempt,
 * so an answer that was lost costs nothing. When several do this at the same time, the first in order stays.
 */
export async function createOnce<T>(
  timing: Timing,
  { find, create, isSame, withdraw }: CreateOnce<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const [existing] = await find();
    if (existing !== undefined) return existing;
    try {
      const made = await create();
      const [first = made] = await find();
      if (!isSame(first, made)) await withdraw(made);
      return first;
    } catch (error) {
      const refusal = refusalOf(error);
      const pause = PAUSES[attempt];
      if (refusal === null || !isAmbiguous(refusal) || pause === undefined) throw error;
      await timing.sleep(pause);
    }
  }
}
