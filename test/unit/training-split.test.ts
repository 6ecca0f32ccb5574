import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPLITS, type SplitName } from '../../src/training/split/home.pure.js';
import { distance, NEAR_BITS, NearIndex } from '../../src/training/split/near.pure.js';
import type { SeenPair } from '../../src/training/split/pair.js';
import { sampleSplit } from '../../src/training/split/sampling.pure.js';
import { type Split, splitPairs } from '../../src/training/split/split.pure.js';
import { md5Of } from '../support/manifests.js';

const RATIOS = { train: 0.7, validation: 0.15, test: 0.15 };
const looks = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff)).map(([a, b]) => hex(a) + hex(b));
const flips = fc.array(fc.nat(63), { maxLength: 3 });

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

function flipped(hash: string, bits: readonly number[]): string {
  const digits = [...hash];
  for (const bit of bits) {
    const at = bit >> 2;
    digits[at] = (Number.parseInt(digits[at] as string, 16) ^ (1 << (bit & 3))).toString(16);
  }
  return digits.join('');
}

function pair(name: string, hash: string, mask = 'mask'): SeenPair {
  return {
    relpath: `${name}.jpg`,
    maskPath: `${name}.png`,
    image: md5Of(name),
    mask: md5Of(mask),
    looks: hash,
  };
}

/** Photos, each with some copies that differ a little, a little more each time: chains of near duplicates. */
const dataset = fc
  .array(fc.tuple(looks, fc.array(flips, { maxLength: 4 })), { maxLength: 30 })
  .map((photos) =>
    photos.flatMap(([original, copies], at) => {
      let hash = original;
      const variants = copies.map((bits) => {
        hash = flipped(hash, bits);
        return hash;
      });
      return [original, ...variants].map((variant, copy) => pair(`meter_${at}_${copy}`, variant));
    }),
  );
const cut = fc.tuple(dataset, fc.nat());

function places({ pairs, leftOut }: Split): Map<string, SplitName | 'left out'> {
  return new Map([
    ...SPLITS.flatMap((name) => pairs[name].map(({ relpath }) => [relpath, name] as const)),
    ...leftOut.map(({ pair: { relpath } }) => [relpath, 'left out'] as const),
  ]);
}

describe('splitting', () => {
  it('keeps every image in its split while the dataset grows, or leaves it out for good', () => {
    fc.assert(
      fc.property(cut, ([pairs, at]) => {
        const before = places(splitPairs(pairs.slice(0, at % (pairs.length + 1)), RATIOS));
        const after = places(splitPairs(pairs, RATIOS));
        for (const [name, place] of before) expect([place, 'left out']).toContain(after.get(name));
        for (const [name, place] of before) if (place === 'train') expect(after.get(name)).toBe('train');
        for (const [name, place] of before)
          if (place === 'left out') expect(after.get(name)).toBe('left out');
      }),
    );
  });

  it('does not depend on the order in which images came', () => {
    fc.assert(
      fc.property(dataset, fc.integer(), (pairs, seed) => {
        const shuffled = pairs.toSorted((a, b) =>
          md5Of(seed + a.relpath) < md5Of(seed + b.relpath) ? -1 : 1,
        );
        const [one, other] = [places(splitPairs(pairs, RATIOS)), places(splitPairs(shuffled, RATIOS))];
        expect([...one].sort()).toEqual([...other].sort());
      }),
    );
  });

  it('has no image in a split that resembles one in another', () => {
    fc.assert(
      fc.property(dataset, (pairs) => {
        const { pairs: split, leftOut } = splitPairs(pairs, RATIOS);
        for (const a of [...split.validation, ...split.test]) {
          for (const b of split.train) expect(distance(a.looks, b.looks)).toBeGreaterThan(NEAR_BITS);
        }
        for (const a of split.test) {
          for (const b of split.validation) expect(distance(a.looks, b.looks)).toBeGreaterThan(NEAR_BITS);
        }
        const byName = new Map(pairs.map((each) => [each.relpath, each]));
        for (const { pair: out, like } of leftOut) {
          expect(distance(out.looks, byName.get(like)!.looks)).toBeLessThanOrEqual(NEAR_BITS);
        }
      }),
    );
  });

  it('leaves a test image out of what no earlier model may have seen: nothing in train ever goes to test', () => {
    fc.assert(
      fc.property(cut, ([pairs, at]) => {
        const trainedOn = splitPairs(pairs.slice(0, at % (pairs.length + 1)), RATIOS).pairs.train;
        for (const a of splitPairs(pairs, RATIOS).pairs.test) {
          for (const b of trainedOn) expect(distance(a.looks, b.looks)).toBeGreaterThan(NEAR_BITS);
        }
      }),
    );
  });

  it('holds the ratios, keeps the order, and does not look at masks', () => {
    const pairs = Array.from({ length: 4000 }, (_, at) => pair(`m${at}`, md5Of(`photo ${at}`).slice(0, 16)));
    const { pairs: split, leftOut } = splitPairs(pairs, RATIOS);
    expect(leftOut.length).toBeLessThan(10);
    for (const name of SPLITS) {
      expect(Math.abs(split[name].length / pairs.length - RATIOS[name])).toBeLessThan(0.03);
      expect(split[name]).toEqual(pairs.filter((each) => split[name].includes(each)));
    }
    const relabelled = pairs.map((each) => ({ ...each, mask: md5Of('another mask') }));
    expect(places(splitPairs(relabelled, RATIOS))).toEqual(places(splitPairs(pairs, RATIOS)));
  });
});

describe('near duplicates', () => {
  it('are found as if each were compared with each', () => {
    fc.assert(
      fc.property(
        fc.array(looks),
        looks,
        fc.uniqueArray(fc.nat(63), { maxLength: 7 }),
        (others, hash, bits) => {
          const index = new NearIndex<string>();
          const copy = flipped(hash, bits);
          for (const other of [...others, copy]) index.add(other, other);
          const all = [...others, copy].map((other) => distance(hash, other));
          const nearest = Math.min(...all);
          const found = index.find(hash);
          expect(found === null ? null : distance(hash, found)).toBe(nearest <= NEAR_BITS ? nearest : null);
        },
      ),
    );
  });

  it('counts differing bits', () => {
    expect(distance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(distance('8000000000000001', '0000000000000000')).toBe(2);
  });
});

describe('sampling', () => {
  const part = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, at) => pair(`${prefix}_${at}`, md5Of(prefix + at).slice(0, 16)));
  const whole = { train: part('t', 70), validation: part('v', 15), test: part('x', 15) };
  const sizes = (of: typeof whole) => SPLITS.map((name) => of[name].length);

  it('takes the proportions of the whole', () => {
    const sample = (maxImages: number) => sampleSplit(whole, { maxImages, strategy: 'head', seed: '0' });
    expect(sizes(sample(20) as typeof whole)).toEqual([14, 3, 3]);
    expect(sizes(sample(3) as typeof whole)).toEqual([1, 1, 1]);
    expect(sizes(sample(2) as typeof whole)).toEqual([1, 1, 0]);
    expect(sizes(sample(500) as typeof whole)).toEqual([70, 15, 15]);
    expect(sample(20).train).toEqual(whole.train.slice(0, 14));
  });

  it('counts to what was asked for, and keeps the order', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(40), fc.nat(20), fc.nat(20)),
        fc.integer({ min: 1, max: 90 }),
        (many, maxImages) => {
          const of = { train: part('t', many[0]), validation: part('v', many[1]), test: part('x', many[2]) };
          const sample = sampleSplit(of, { maxImages, strategy: 'random', seed: 'a' });
          const total = (sides: number[]) => sides.reduce((sum, size) => sum + size, 0);
          expect(total(sizes(sample as typeof of))).toBe(Math.min(maxImages, total(many)));
          for (const name of SPLITS) {
            expect(sample[name]).toEqual(of[name].filter((each) => sample[name].includes(each)));
          }
        },
      ),
    );
  });

  it('is another one with another seed, and the same with the same', () => {
    const sample = (seed: string) => sampleSplit(whole, { maxImages: 20, strategy: 'random', seed });
    expect(sample('1')).toEqual(sample('1'));
    expect(sample('1')).not.toEqual(sample('2'));
  });
});
