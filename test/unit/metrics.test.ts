import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, median, overlap } from '../../src/model/metrics.js';
import reference from '../support/reference-overlap.json' with { type: 'json' };

const masks = fc.integer({ min: 1, max: 200 }).chain((length) => {
  const mask = fc.uint8Array({ minLength: length, maxLength: length, max: 1 });
  return fc.tuple(mask, mask);
});

/** The same numbers as `values` in test/support/reference-overlap.py. */
function pattern(length: number, [factor = 0, below = 0]: number[]): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Number((at * at * factor + at * 31) % 997 < below));
}

describe('overlap', () => {
  it('counts true and false pixels', () => {
    const { dice, iou } = overlap(Uint8Array.of(1, 1, 1, 0, 0), Uint8Array.of(0, 1, 1, 1, 0));
    expect(dice).toBeCloseTo(4 / 6, 6);
    expect(iou).toBeCloseTo(2 / 4, 6);
  });

  it('takes any value but 0 for foreground', () => {
    expect(overlap(Uint8Array.of(255, 0), Uint8Array.of(1, 0))).toEqual({ dice: 1, iou: 1 });
  });

  it('is 1 for an empty prediction of an empty mask and next to 0 for a wrong one', () => {
    expect(overlap(new Uint8Array(9), new Uint8Array(9))).toEqual({ dice: 1, iou: 1 });
    expect(overlap(new Uint8Array(9), new Uint8Array(9).fill(1)).dice).toBeLessThan(1e-6);
  });

  it.each(reference.cases)(
    'equals torchmetrics within 1e-6: $length pixels, $prediction and $mask',
    (case_) => {
      const { dice, iou } = overlap(
        pattern(case_.length, case_.prediction),
        pattern(case_.length, case_.mask),
      );
      expect(Math.abs(dice - case_.dice)).toBeLessThan(1e-6);
      expect(Math.abs(iou - case_.iou)).toBeLessThan(1e-6);
    },
  );

  it('refuses masks of different sizes', () => {
    expect(() => overlap(new Uint8Array(4), new Uint8Array(5))).toThrow(RangeError);
  });

  it('is symmetric, within 0…1, and 1 only for equal masks', () => {
    fc.assert(
      fc.property(masks, ([a, b]) => {
        const score = overlap(a, b);
        expect(overlap(b, a)).toEqual(score);
        expect(score.iou).toBeGreaterThanOrEqual(0);
        expect(score.iou).toBeLessThanOrEqual(score.dice);
        expect(score.dice).toBeLessThanOrEqual(1);
        expect(score.dice === 1).toBe(a.every((value, i) => value === b[i]));
      }),
    );
  });

  it('keeps Dice = 2·IoU / (1 + IoU) within the smoothing', () => {
    fc.assert(
      fc.property(masks, ([a, b]) => {
        const { dice, iou } = overlap(a, b);
        expect(dice).toBeCloseTo((2 * iou) / (1 + iou), 5);
      }),
    );
  });
});

describe('mean and median', () => {
  it('are what they say', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(median([6, 1, 2])).toBe(2);
    expect(median([6, 1, 2, 3])).toBe(2.5);
  });

  it('have no answer for no values', () => {
    expect(() => mean([])).toThrow(RangeError);
    expect(() => median([])).toThrow(RangeError);
  });

  it('lie between the lowest and the highest value, in any order', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (list) => {
        const kept = [...list];
        for (const middle of [median(list), mean(list)]) {
          expect(middle).toBeGreaterThanOrEqual(Math.min(...list) - 1e-12);
          expect(middle).toBeLessThanOrEqual(Math.max(...list) + 1e-12);
        }
        expect(median(list.toReversed())).toBe(median(list));
        expect(list).toEqual(kept);
      }),
    );
  });
});
