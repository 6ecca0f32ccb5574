import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/serve/queue.js';
import { chooseVariant, parseVariants } from '../../src/serve/variants.pure.js';

describe('parseVariants', () => {
  it('takes paths, versions and Production, with weights', () => {
    expect(parseVariants(['old=production:90', 'new=out/a:b.onnx:0.5', 'v=7:0'])).toEqual([
      { name: 'old', model: 'production', weight: 90 },
      { name: 'new', model: 'out/a:b.onnx', weight: 0.5 },
      { name: 'v', model: '7', weight: 0 },
    ]);
  });

  it.each([
    [['a'], /"a" is not of the form NAME=MODEL:WEIGHT/],
    [['a=b'], /"a=b" is not of the form/],
    [['a=b:-1'], /"-1" is no weight/],
    [['a b=c:1'], /"a b" is no name/],
    [['a=b:1', 'a=c:1'], /two variants are named a/],
    [['a=b:0'], /all weights are 0/],
  ])('refuses %j', (texts, why) => {
    expect(() => parseVariants(texts)).toThrow(
      expect.objectContaining({ kind: 'serve/variant-invalid', code: 2, why: expect.stringMatching(why) }),
    );
  });
});

describe('chooseVariant', () => {
  const variants = [
    { name: 'a', weight: 70 },
    { name: 'b', weight: 30 },
    { name: 'off', weight: 0 },
  ];
  const keys = Array.from({ length: 4000 }, (_, i) => `client-${i}`);
  const chosen = (of: typeof variants) => keys.map((key) => chooseVariant(of, key, 0).name);

  it('gives a key the same variant whatever the chance, and never one of weight 0', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 0.999 }), (key, random) => {
        const { name } = chooseVariant(variants, key, random);
        expect(name).toBe(chooseVariant(variants, key, 0.5).name);
        expect(name).not.toBe('off');
      }),
    );
  });

  it('gives each its share of the keys, and of requests without a key', () => {
    const share = (names: string[]) => names.filter((name) => name === 'b').length / names.length;
    expect(share(chosen(variants))).toBeGreaterThan(0.27);
    expect(share(chosen(variants))).toBeLessThan(0.33);
    const drawn = keys.map((_, i) => chooseVariant(variants, null, i / keys.length).name);
    expect(share(drawn)).toBeGreaterThan(0.27);
    expect(share(drawn)).toBeLessThan(0.33);
  });

  it('moves keys only towards the variant whose weight has grown', () => {
    const [before, after] = [chosen(variants), chosen([variants[0]!, { name: 'b', weight: 60 }])];
    const moved = keys.flatMap((_, i) => (before[i] === after[i] ? [] : [`${before[i]} → ${after[i]}`]));
    expect(new Set(moved)).toEqual(new Set(['a → b']));
  });
});

describe('Queue', () => {
  it('lets in as many as it has places, and tells when to come again', () => {
    let time = 0;
    const queue = new Queue(2, 1, () => time);
    const leave = [queue.enter(), queue.enter(), queue.enter()];
    expect(leave.every((call) => call !== null)).toBe(true);
    expect(queue.enter()).toBeNull();
    expect(queue.retryAfterSeconds).toBe(1);
    time = 6000;
    leave[0]?.();
    expect(queue.inside).toBe(2);
    expect(queue.retryAfterSeconds).toBe(6);
    expect(queue.enter()).not.toBeNull();
    expect(queue.enter()).toBeNull();
  });
});
