import { describe, expect, it } from 'vitest';
import { bootstrapMean } from '../../src/model/gate/bootstrap.pure.js';
import { mean } from '../../src/model/metrics.js';
import { seededRandom } from '../../src/seeded-random.pure.js';

const same = (value: number) => ({ dice: value, iou: value });

/** Standard normal numbers (Box and Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('bootstrapMean', () => {
  it('is the value itself where all images agree', () => {
    expect(bootstrapMean([0.25, 0.25, 0.25].map(same))).toEqual({ low: same(0.25), high: same(0.25) });
  });

  it('knows the distribution of two images: means 0, 1/2, 1 with weights 1, 2, 1', () => {
    expect(bootstrapMean([0, 1].map(same))).toEqual({ low: same(0), high: same(1) });
  });

  it('takes the binomial quantile of images that are 0 or 1', () => {
    // 5 % quantile of Binomial(20, 1/2) is 6, 95 % quantile 14.
    const { low, high } = bootstrapMean(Array.from({ length: 20 }, (_, i) => same(i % 2)));
    expect([low.dice, high.iou]).toEqual([6 / 20, 14 / 20]);
  });

  it('is close to the normal interval for many images', () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 2000 }, () => 0.3 + 0.1 * normal(random));
    const { low, high } = bootstrapMean(values.map(same));
    const half = (1.645 * 0.1) / Math.sqrt(values.length);
    expect(Math.abs(low.dice - (mean(values) - half))).toBeLessThan(half * 0.06);
    expect(Math.abs(high.dice - (mean(values) + half))).toBeLessThan(half * 0.06);
  });

  it('keeps the two metrics apart, and gives the same numbers again', () => {
    const differences = Array.from({ length: 12 }, (_, i) => ({ dice: i / 12, iou: -i / 6 }));
    const { low, high } = bootstrapMean(differences);
    expect(low.dice).toBeGreaterThan(0);
    expect(high.iou).toBeLessThan(0);
    expect(bootstrapMean(differences)).toEqual({ low, high });
    expect(bootstrapMean(differences, { seed: 2 })).not.toEqual({ low, high });
  });

  it('holds the true mean in nine of ten samples', () => {
    const random = seededRandom(11);
    let held = 0;
    for (let trial = 0; trial < 400; trial++) {
      const values = Array.from({ length: 40 }, () => same(normal(random)));
      const { low, high } = bootstrapMean(values, { resamples: 400, seed: trial });
      if (low.dice < 0 && high.dice > 0) held += 1;
    }
    expect(held / 400).toBeGreaterThan(0.85);
    expect(held / 400).toBeLessThan(0.95);
  });
});
