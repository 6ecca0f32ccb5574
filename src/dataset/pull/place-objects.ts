import { placeFileSync } from '../../clone/place-file.js';
import type { CacheSettings, LinkType } from '../../config/dvc-cache.js';
import type { Role } from '../../config/schema.js';
import { md5Of } from '../../md5.pure.js';
import type { ObjectId } from '../../ports/object-store.js';
import { ObjectCache } from '../cache/cache.js';
import { Checkout } from '../cache/checkout.js';
import { isUntouched, type Look, lookOf, md5OfSync, statsOfSync } from './look.js';

export interface PlacingStart {
  readonly cache: CacheSettings;
  /** Ways to make a file from the cache. */
  readonly types: readonly LinkType[];
}

/** One object, and the files that it becomes. */
export interface PlacingJob {
  readonly id: ObjectId;
  /** As they came from the store; null: the cache may have them. */
  readonly bytes: Uint8Array | null;
  readonly places: readonly PlaceToFill[];
  /** Overwrites what has come there since the comparison. */
  readonly force: boolean;
}

interface PlaceToFill {
  readonly role: Role;
  /** Absolute. */
  readonly file: string;
  /** What was there when it was compared. */
  readonly before: Look | null;
}

/** Of one place: something else has come there, or it is as wanted; `look` is null for a link and for what was not written. */
interface Placed {
  readonly outcome: 'written' | 'there' | 'changed';
  readonly look: Look | null;
}

export interface PlacingResult {
  /** Size of the object. */
  readonly bytes: number;
  readonly placed: readonly Placed[];
}

export type Place = (job: PlacingJob) => PlacingResult | null;

/**
 * Writes objects into the cache and to the places where they are wanted. Nothing is written, and null is the answer,
 * for bytes whose MD5 is not the object's name, and for an object without bytes that the cache does not have. Throws as
 * `placeFileSync`. Everything is done at once and in order: it is made for threads.
 */
export function startPlacing({ cache: settings, types }: PlacingStart): Place {
  const cache = new ObjectCache(settings);
  const checkouts = { images: new Checkout(types), masks: new Checkout(types) };
  return ({ id, bytes: given, places, force }) => {
    const bytes = given ?? cache.readSync(id);
    if (bytes === null || (given !== null && md5Of(given) !== id)) return null;
    if (given !== null) cache.write(id, given);
    const placed = places.map(({ role, file, before }): Placed => {
      if (!force && !isUntouched(statsOfSync(file), before)) {
        return { outcome: md5OfSync(file) === id ? 'there' : 'changed', look: null };
      }
      placeFileSync(file, (temporary) => checkouts[role].make(temporary, cache.pathOf(id), bytes));
      const stats = statsOfSync(file);
      return { outcome: 'written', look: stats?.isFile() ? lookOf(stats) : null };
    });
    return { bytes: bytes.length, placed };
  };
}
