import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enlargeMask } from '../../src/model/inference/enlarge.js';

const output = (threshold: number, rule: '> threshold' | '>= threshold' = '> threshold') => ({
  name: 'mask',
  shape: [],
  activation: 'applied' as const,
  threshold,
  rule,
});
const size = (width: number, height: number) => ({ width, height });

describe('enlargeMask', () => {
  // torch.nn.functional.interpolate([[[0., 1.]]], size=4, mode="linear", align_corners=False): 0, 0.25, 0.75, 1
  it.each([
    [0.2, [0, 1, 1, 1]],
    [0.5, [0, 0, 1, 1]],
    [0.8, [0, 0, 0, 1]],
  ])('interpolates between pixel centres: cut at %s', (threshold, expected) => {
    const values = Float32Array.of(0, 1);
    expect([...enlargeMask(values, size(2, 1), size(4, 1), output(threshold))]).toEqual(expected);
    expect([...enlargeMask(values, size(1, 2), size(1, 4), output(threshold))]).toEqual(expected);
  });

  it('cuts at the threshold as the facts say', () => {
    const half = Float32Array.of(0.5);
    expect([...enlargeMask(half, size(1, 1), size(2, 1), output(0.5))]).toEqual([0, 0]);
    expect([...enlargeMask(half, size(1, 1), size(2, 1), output(0.5, '>= threshold'))]).toEqual([1, 1]);
  });

  it('changes nothing at the same size, and keeps what is plain plain at any other', () => {
    const side = fc.integer({ min: 1, max: 9 });
    const value = fc.constantFrom(0, 0.25, 0.75, 1);
    fc.assert(
      fc.property(side, side, side, side, fc.infiniteStream(value), (width, height, w, h, values) => {
        const mask = Float32Array.from({ length: width * height }, () => values.next().value as number);
        const cut = [...mask].map((probability) => (probability > 0.5 ? 1 : 0));
        expect([...enlargeMask(mask, size(width, height), size(width, height), output(0.5))]).toEqual(cut);
        const plain = enlargeMask(mask.fill(0.75), size(width, height), size(w, h), output(0.5));
        expect([...plain]).toEqual(Array.from({ length: w * h }, () => 1));
      }),
    );
  });

  it('cuts every pixel as interpolating each one would', () => {
    const side = fc.integer({ min: 1, max: 12 });
    const value = fc.double({ min: 0, max: 1, noNaN: true });
    const rule = fc.constantFrom('> threshold' as const, '>= threshold' as const);
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        rule,
        fc.infiniteStream(value),
        (width, height, w, h, rule, values) => {
          const mask = Float32Array.from({ length: width * height }, () => values.next().value as number);
          const inside = (probability: number) =>
            rule === '> threshold' ? probability > 0.5 : probability >= 0.5;
          const expected = Array.from({ length: w * h }, (_, i) =>
            inside(interpolated(mask, size(width, height), size(w, h), i)) ? 1 : 0,
          );
          const found = enlargeMask(mask, size(width, height), size(w, h), output(0.5, rule));
          expect([...found]).toEqual(expected);
        },
      ),
    );
  });
});

/** Of one target pixel, rounded where `enlargeMask` rounds: rows to float32, shares too. */
function interpolated(
  values: Float32Array,
  from: { width: number; height: number },
  to: { width: number; height: number },
  pixel: number,
): number {
  const between = (at: number, source: number, target: number) => {
    const exact = Math.min(Math.max(((at + 0.5) * source) / target - 0.5, 0), source - 1);
    const first = Math.floor(exact);
    return { first, second: Math.min(first + 1, source - 1), share: Math.fround(exact - first) };
  };
  const column = between(pixel % to.width, from.width, to.width);
  const row = between(Math.floor(pixel / to.width), from.height, to.height);
  const blended = (x: number) => {
    const upper = values[row.first * from.width + x]!;
    return Math.fround(upper + (values[row.second * from.width + x]! - upper) * row.share);
  };
  const left = blended(column.first);
  return left + (blended(column.second) - left) * column.share;
}
