/** Pictures whose hashes differ in so many of the 64 bits, or fewer, show the same. */
export const NEAR_BITS = 4;

/** Five parts of a hash: two that differ in four bits agree in at least one part. */
const PARTS = [
  [0, 3],
  [3, 6],
  [6, 9],
  [9, 12],
  [12, 16],
] as const;

/** Number of bits in which two hashes of 16 hex digits differ. */
export function distance(a: string, b: string): number {
  return bitsOf(number(a, 0) ^ number(b, 0)) + bitsOf(number(a, 8) ^ number(b, 8));
}

/** Finds near duplicates without comparing each with each. */
export class NearIndex<T> {
  private readonly parts = new Map<string, { readonly looks: string; readonly value: T }[]>();
  private readonly seen = new Set<string>();

  /** Of several with the same hash, the first one stands for all. */
  add(looks: string, value: T): void {
    if (this.seen.has(looks)) return;
    this.seen.add(looks);
    for (const key of keysOf(looks)) {
      const entry = { looks, value };
      const found = this.parts.get(key);
      if (found === undefined) this.parts.set(key, [entry]);
      else found.push(entry);
    }
  }

  /** The nearest one that is near, or null. */
  find(looks: string): T | null {
    let best: { readonly value: T; readonly bits: number } | null = null;
    for (const key of keysOf(looks)) {
      for (const entry of this.parts.get(key) ?? []) {
        const bits = distance(looks, entry.looks);
        if (bits <= NEAR_BITS && (best === null || bits < best.bits)) best = { value: entry.value, bits };
      }
    }
    return best?.value ?? null;
  }
}

function keysOf(looks: string): string[] {
  return PARTS.map(([from, to]) => `${from}:${looks.slice(from, to)}`);
}

function number(looks: string, from: number): number {
  return Number.parseInt(looks.slice(from, from + 8), 16);
}

function bitsOf(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  rest = (rest + (rest >>> 4)) & 0x0f0f0f0f;
  return Math.imul(rest, 0x01010101) >>> 24;
}
