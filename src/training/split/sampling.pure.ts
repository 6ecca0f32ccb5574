import { createHash } from 'node:crypto';
import { SPLITS, type SplitName } from './home.pure.js';
import type { TrainingPair } from './pair.js';

export const STRATEGIES = ['head', 'random'] as const;

export interface Sampling {
  /** Pairs over all splits. */
  readonly maxImages: number;
  /** `head`: the first ones in the order of the dataset; `random`: chosen by the seed and nothing else. */
  readonly strategy: (typeof STRATEGIES)[number];
  readonly seed: string;
}

type Pairs<T> = Readonly<Record<SplitName, readonly T[]>>;

/** A part of each split, in the proportions of the whole; order is kept. */
export function sampleSplit<T extends TrainingPair>(pairs: Pairs<T>, sampling: Sampling): Pairs<T> {
  const sizes = SPLITS.map((name) => pairs[name].length);
  const shares = shareOut(sampling.maxImages, sizes);
  const part = (name: SplitName) => choose(pairs[name], shares[SPLITS.indexOf(name)] as number, sampling);
  return { train: part('train'), validation: part('validation'), test: part('test') };
}

function choose<T extends TrainingPair>(
  pairs: readonly T[],
  count: number,
  { strategy, seed }: Sampling,
): readonly T[] {
  if (strategy === 'head') return pairs.slice(0, count);
  const rank = ({ relpath }: T) => createHash('md5').update(`${seed}\0${relpath}`).digest('hex');
  const ranked = pairs.map((pair) => ({ pair, rank: rank(pair) }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen = new Set(ranked.slice(0, count).map(({ pair }) => pair));
  return pairs.filter((pair) => chosen.has(pair));
}

/** Largest remainders, and one for everybody who has any, as long as there are enough. */
function shareOut(wanted: number, sizes: readonly number[]): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const count = Math.min(wanted, total);
  const exact = sizes.map((size) => (total === 0 ? 0 : (count * size) / total));
  const shares = exact.map(Math.floor);
  const byRemainder = sizes
    .map((_, at) => at)
    .sort((a, b) => ((exact[b] as number) % 1) - ((exact[a] as number) % 1) || a - b);
  let left = count - shares.reduce((sum, share) => sum + share, 0);
  for (const at of byRemainder) {
    if (left === 0) break;
    shares[at] = (shares[at] as number) + 1;
    left -= 1;
  }
  for (const [at, size] of sizes.entries()) {
    const richest = shares.indexOf(Math.max(...shares));
    if (size === 0 || shares[at] !== 0 || (shares[richest] as number) < 2) continue;
    shares[at] = 1;
    shares[richest] = (shares[richest] as number) - 1;
  }
  return shares;
}
