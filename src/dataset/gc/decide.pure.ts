import type { ObjectId } from '../../ports/object-store.js';
import type { StoredKey } from '../../ports/store-cleaner.js';
import { Md5Set } from './md5-set.pure.js';

/** Objects that something names: a pointer, a manifest that is kept, a claim, a journal. Never forgets one. */
export class NamedObjects {
  /** Entries of manifests, and single files. */
  readonly files = new Md5Set();
  readonly manifests = new Set<ObjectId>();

  add(id: ObjectId): void {
    if (id.endsWith('.dir')) this.manifests.add(id);
    else this.files.add(id);
  }

  has(id: ObjectId): boolean {
    return id.endsWith('.dir') ? this.manifests.has(id) : this.files.has(id);
  }
}

/** Why an object is kept. */
export type Kept = 'named' | 'young' | 'not-understood';
export type Verdict = Kept | 'delete';

/** Object that a key holds; null for anything that is not exactly of DVC 3's layout. */
export function objectAt(key: string): ObjectId | null {
  const [, first, rest] = /^files\/md5\/([0-9a-f]{2})\/([0-9a-f]{30}(?:\.dir)?)$/.exec(key) ?? [];
  return first === undefined ? null : `${first}${rest}`;
}

/** `grace` is the age in milliseconds from which an object may be deleted. */
export function decide({ key, age }: StoredKey, named: NamedObjects, grace: number): Verdict {
  const id = objectAt(key);
  if (id === null) return 'not-understood';
  if (named.has(id)) return 'named';
  return age >= grace ? 'delete' : 'young';
}

export interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

export const NOTHING: Amount = { objects: 0, bytes: 0 };

export function plus({ objects, bytes }: Amount, more: { readonly bytes: number }): Amount {
  return { objects: objects + 1, bytes: bytes + more.bytes };
}

export function total(keys: Iterable<{ readonly bytes: number }>): Amount {
  let sum = NOTHING;
  for (const key of keys) sum = plus(sum, key);
  return sum;
}
