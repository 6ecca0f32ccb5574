import { createHash } from 'node:crypto';

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/** Shares of the dataset; their sum is 1. */
export type Ratios = Readonly<Record<SplitName, number>>;

const SIDE = 8;
/**
 * The sixteen lowest frequencies beside the mean brightness, coarse features that survive another compression or size
 * nearly always, while different photos nearly always differ in some.
 */
const COARSE = Array.from({ length: SIDE * SIDE }, (_, bit) => bit)
  .toSorted((a, b) => frequency(a) - frequency(b) || a - b)
  .slice(1, 17);

function frequency(bit: number): number {
  return Math.floor(bit / SIDE) + (bit % SIDE);
}

/**
 * The split that a picture belongs to. Depends on nothing but what it looks like, coarsely: not on its name, mask or
 * bytes, and not on any other picture, so that it can never change.
 */
export function homeOf(looks: string, ratios: Ratios): SplitName {
  const bits = [...looks].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  const coarse = COARSE.map((bit) => bits[bit]).join('');
  const place = createHash('md5').update(coarse).digest().readUInt32BE() / 2 ** 32;
  if (place < ratios.test) return 'test';
  return place < ratios.test + ratios.validation ? 'validation' : 'train';
}
