import type { Promotion } from '../../ports/registry.js';

/**
 * One change of Production, as a tag of the registered model: `wms.promotion.<number>.<nonce>` with JSON as its value.
 * It is written before the alias moves (`begun`) and again afterwards (`done`). The nonce keeps two that happen at the
 * same time from overwriting each other's tag.
 */
export interface HistoryEntry {
  readonly number: number;
  readonly nonce: string;
  readonly state: 'begun' | 'done';
  readonly promotion: Promotion;
}

type Tags = readonly { readonly key: string; readonly value: string }[];

const KEY = /^wms\.promotion\.(\d{6})\.([0-9a-f]+)$/;
/** A tag's value holds 5000 characters. */
const LONGEST_TEXT = 1000;

export function entryTag({ number, nonce, state, promotion }: HistoryEntry): { key: string; value: string } {
  const { version, replaced, at, who, reason } = promotion;
  const short = (text: string) => text.slice(0, LONGEST_TEXT);
  return {
    key: `wms.promotion.${String(number).padStart(6, '0')}.${nonce}`,
    value: JSON.stringify({ state, version, replaced, at, who: short(who), reason: short(reason) }),
  };
}

/** Oldest first. Tags that are not ours are left out. */
export function readHistory(tags: Tags): HistoryEntry[] {
  return tags.flatMap(({ key, value }) => readEntry(key, value)).toSorted(compareEntries);
}

/** An order in which everybody sees entries that were begun at the same time. */
export function compareEntries(a: HistoryEntry, b: HistoryEntry): number {
  return a.number - b.number || (a.nonce < b.nonce ? -1 : a.nonce > b.nonce ? 1 : 0);
}

/**
 * What really happened, oldest first. One that was only begun counts when its version is Production and nothing was done
 * since: whoever began it was stopped between moving the alias and saying so.
 */
export function settledHistory(entries: readonly HistoryEntry[], production: string | null): HistoryEntry[] {
  const pending = entries.findLast(({ promotion }) => promotion.version === production);
  const lastDone = entries.findLast(({ state }) => state === 'done');
  const counts = pending !== undefined && (lastDone === undefined || compareEntries(pending, lastDone) > 0);
  return entries.filter((entry) => entry.state === 'done' || (counts && entry === pending));
}

function readEntry(key: string, value: string): HistoryEntry[] {
  const [, number, nonce] = KEY.exec(key) ?? [];
  if (number === undefined || nonce === undefined) return [];
  const { state, version, replaced, at, who, reason } = parse(value);
  const isOurs =
    (state === 'begun' || state === 'done') &&
    (replaced === null || typeof replaced === 'string') &&
    typeof version === 'string' &&
    typeof at === 'string' &&
    typeof who === 'string' &&
    typeof reason === 'string';
  if (!isOurs) return [];
  return [{ number: Number(number), nonce, state, promotion: { version, replaced, at, who, reason } }];
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
