import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskFacts } from '../../src/quality/mask-values.js';

/** Bytes in runs, as masks have them, at any place of their memory. */
const runs = fc
  .record({
    before: fc.nat(7),
    runs: fc.array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 23 })), { minLength: 1, maxLength: 30 }),
  })
  .map(({ before, runs }) => {
    const bytes = runs.flatMap(([value, length]) => Array<number>(length).fill(value));
    const memory = new Uint8Array(before + bytes.length);
    memory.set(bytes, before);
    return memory.subarray(before);
  });

function facts(data: Uint8Array | Uint16Array, channels: 1 | 3 = 1) {
  return maskFacts({ width: data.length / channels, height: 1, data, channels, format: 'png' });
}

describe('maskFacts', () => {
  it('counts every pixel of 8 bits once, wherever the bytes lie', () => {
    fc.assert(
      fc.property(runs, (data) => {
        const values = [...new Set(data)].sort((a, b) => a - b);
        const found = facts(data);
        expect(found.values).toEqual(values.slice(0, 8));
        expect(found).toMatchObject({ distinct: values.length, min: values[0], max: values.at(-1) });
        const between = data.filter((value) => value >= 64 && value <= 191).length / data.length;
        expect(found.between).toBeCloseTo(between, 12);
      }),
    );
  });

  it('counts 16 bits as they are, and of colours the first', () => {
    expect(facts(new Uint16Array([0, 65_535, 300]))).toMatchObject({ distinct: 3, max: 65_535 });
    const grey = new Uint8Array([7, 7, 7, 200, 200, 200]);
    expect(facts(grey, 3)).toMatchObject({ values: [7, 200], colour: false });
  });

  it('takes for colour what JPEG does not make of grey', () => {
    expect(facts(new Uint8Array([100, 116, 84]), 3).colour).toBe(false);
    expect(facts(new Uint8Array([0, 0, 0, 100, 100, 83]), 3).colour).toBe(true);
    expect(facts(new Uint8Array([0, 0, 0, 100, 117, 100]), 3).colour).toBe(true);
  });
});
