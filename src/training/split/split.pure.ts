import { homeOf, type Ratios, type SplitName } from './home.pure.js';
import { NearIndex } from './near.pure.js';
import type { SeenPair } from './pair.js';

/** A pair that no split has, because something like it is where training sees it. */
export interface LeftOut {
  readonly pair: SeenPair;
  readonly home: SplitName;
  /** Path of the image that it resembles. */
  readonly like: string;
  readonly likeIn: SplitName;
}

export interface Split {
  /** In the order of the dataset. */
  readonly pairs: Readonly<Record<SplitName, readonly SeenPair[]>>;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Divides a dataset. Every picture has one home (`homeOf`) for ever. Near duplicates share it, but for the few that
 * stand at its border; of those, training keeps its own, and the others are left out:
 *
 * - a test image while something like it is at home in train or validation,
 * - a validation image while something like it is at home in train.
 *
 * So nothing like a test image was ever trained on, by this model or an earlier one; no image ever moves from one split
 * to another as the dataset grows; and neither order nor memory plays a part. No rule without memory can keep all
 * near duplicates in one split: from any picture a chain of small changes leads to any other.
 */
export function splitPairs(pairs: readonly SeenPair[], ratios: Ratios): Split {
  const homes = pairs.map((pair) => ({ pair, home: homeOf(pair.looks, ratios) }));
  const seen = { train: new NearIndex<string>(), validation: new NearIndex<string>() };
  for (const { pair, home } of homes) if (home !== 'test') seen[home].add(pair.looks, pair.relpath);
  const split: Record<SplitName, SeenPair[]> = { train: [], validation: [], test: [] };
  const leftOut: LeftOut[] = [];
  for (const { pair, home } of homes) {
    const stronger = STRONGER[home];
    const likeIn = stronger.find((name) => seen[name].find(pair.looks) !== null);
    if (likeIn === undefined) split[home].push(pair);
    else leftOut.push({ pair, home, like: seen[likeIn].find(pair.looks) as string, likeIn });
  }
  return { pairs: split, leftOut };
}

const STRONGER: Readonly<Record<SplitName, readonly ('train' | 'validation')[]>> = {
  train: [],
  validation: ['train'],
  test: ['train', 'validation'],
};
