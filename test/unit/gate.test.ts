import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateRules } from '../../src/model/gate/conditions.pure.js';
import { decide, FEWEST_FOR_SIGNIFICANCE, type ImageScore } from '../../src/model/gate/decide.pure.js';

const RULES: GateRules = { firstModel: 'promote', minDelta: 0, requireSignificant: false };

/** One image per pair of numbers. */
const scored = (...values: readonly (readonly [dice: number, iou: number])[]): ImageScore[] =>
  values.map(([dice, iou], i) => ({ name: `m${i}.jpg`, dice, iou }));

const OLD = scored([0.5, 0.4], [0.7, 0.6]);

function ruling(candidate: readonly ImageScore[], baseline: readonly ImageScore[] | null, rules = {}) {
  return decide({ candidate, baseline }, { ...RULES, ...rules });
}

describe('the gate', () => {
  it.each<[string, ImageScore[], string, RegExp]>([
    ['better in both', scored([0.6, 0.5], [0.7, 0.6]), 'better', /Mean Dice is \+0\.0500/],
    ['better in Dice only', scored([0.6, 0.3], [0.7, 0.6]), 'not-better', /Mean IoU is not higher: −0\.0500/],
    ['better in IoU only', scored([0.4, 0.5], [0.7, 0.6]), 'not-better', /Mean Dice is not higher: −0\.0500/],
    ['equal in Dice', scored([0.5, 0.5], [0.7, 0.6]), 'not-better', /Mean Dice is not higher: ±0/],
    ['the same model', OLD, 'not-better', /Mean Dice .* ±0/],
  ])('%s', (_what, candidate, decision, reason) => {
    const { decision: found, reasons } = ruling(candidate, OLD);
    expect(found).toBe(decision);
    expect(reasons.join('\n')).toMatch(reason);
  });

  it('lets the first model pass, or not, as the settings say', () => {
    expect(ruling(OLD, null)).toMatchObject({ decision: 'first', comparison: null });
    expect(ruling(OLD, null, { firstModel: 'refuse' }).decision).toBe('undecided');
    expect(ruling([], null).decision).toBe('undecided');
    expect(ruling(scored([Number.NaN, 0.5]), null).decision).toBe('undecided');
  });

  it('wants more than minDelta in both metrics', () => {
    const better = scored([0.6, 0.6], [0.8, 0.7]);
    expect(ruling(better, OLD, { minDelta: 0.05 }).decision).toBe('better');
    const { decision, reasons } = ruling(better, OLD, { minDelta: 0.12 });
    expect(decision).toBe('not-better');
    expect(reasons).toEqual(['Mean Dice is +0.1000; gate.minDelta asks for more than +0.1200.']);
  });

  it('tells a gain that may be chance from one that is not', () => {
    const before = Array.from({ length: 20 }, (): [number, number] => [0.5, 0.4]);
    const steady = before.map(([dice, iou], i): [number, number] => [
      dice + 0.02 + (i % 3) / 100,
      iou + 0.02,
    ]);
    const wild = before.map(([dice, iou], i): [number, number] => [dice + (i % 2 ? 0.4 : -0.38), iou + 0.02]);
    const rules = { requireSignificant: true };
    expect(ruling(scored(...steady), scored(...before), rules).decision).toBe('better');
    const refused = ruling(scored(...wild), scored(...before), rules);
    expect(refused.decision).toBe('not-better');
    expect(refused.reasons).toEqual([expect.stringMatching(/^The gain in Dice, \+0\.0100, may be chance/)]);
    const passed = ruling(scored(...wild), scored(...before));
    expect(passed.decision).toBe('better');
    expect(passed.reasons[1]).toContain('The gain in Dice may be chance');
  });

  it('cannot prove anything with a few images', () => {
    const few = Array.from({ length: FEWEST_FOR_SIGNIFICANCE - 1 }, (): [number, number] => [0.5, 0.4]);
    const more = few.map(([dice, iou]): [number, number] => [dice + 0.1, iou + 0.1]);
    expect(ruling(scored(...more), scored(...few)).decision).toBe('better');
    const { decision, reasons, comparison } = ruling(scored(...more), scored(...few), {
      requireSignificant: true,
    });
    expect(decision).toBe('undecided');
    expect(reasons[0]).toContain(`needs ${FEWEST_FOR_SIGNIFICANCE} test images`);
    expect(comparison?.wins).toBe(few.length);
  });

  it.each<[string, ImageScore[], ImageScore[]]>([
    ['no images', [], []],
    ['an image that only one was scored on', scored([0.9, 0.9], [0.9, 0.9], [0.9, 0.9]), OLD],
    ['an image that only Production was scored on', scored([0.9, 0.9]), OLD],
    ['other images', OLD.map((score) => ({ ...score, name: `x${score.name}`, dice: 1, iou: 1 })), OLD],
    ['an image twice', [OLD[0]!, OLD[0]!], OLD],
    ['NaN', scored([Number.NaN, 0.9], [0.9, 0.9]), OLD],
    ['infinity', scored([0.9, Number.POSITIVE_INFINITY], [0.9, 0.9]), OLD],
    ['more than 1', scored([1.5, 0.9], [0.9, 0.9]), OLD],
    ['NaN in Production', scored([0.9, 0.9], [0.9, 0.9]), scored([0.1, Number.NaN], [0.1, 0.1])],
  ])('does not decide on %s', (_what, candidate, baseline) => {
    const { decision, reasons } = ruling(candidate, baseline);
    expect(decision).toBe('undecided');
    expect(reasons[0]).toBeTruthy();
  });

  it('counts wins and losses, and names the five that got worst', () => {
    const before = Array.from({ length: 9 }, (): [number, number] => [0.5, 0.4]);
    const after = before.map(([dice, iou], i): [number, number] => [i < 7 ? dice - i / 20 : dice + 0.3, iou]);
    const { comparison } = ruling(scored(...after), scored(...before));
    expect(comparison).toMatchObject({ wins: 2, losses: 6, ties: 1 });
    expect(comparison?.worst.map(({ name }) => name)).toEqual([
      'm6.jpg',
      'm5.jpg',
      'm4.jpg',
      'm3.jpg',
      'm2.jpg',
    ]);
    expect(comparison?.worst[0]).toMatchObject({ before: 0.5, after: 0.2 });
  });
});

describe('whatever the scores', () => {
  const share = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  const both = fc
    .array(fc.tuple(share, share, share, share), { minLength: 1, maxLength: 30 })
    .map((rows) => ({
      a: scored(...rows.map(([dice, iou]): [number, number] => [dice, iou])),
      b: scored(...rows.map(([, , dice, iou]): [number, number] => [dice, iou])),
    }));
  const rules = fc.record({
    firstModel: fc.constantFrom<GateRules['firstModel']>('promote', 'refuse'),
    minDelta: fc.constantFrom(0, 0.05),
    requireSignificant: fc.boolean(),
  });
  const check = (property: (ab: { a: ImageScore[]; b: ImageScore[] }, rules: GateRules) => void) =>
    fc.assert(fc.property(both, rules, property), { numRuns: 60 });

  it('two models never both beat each other, and none beats itself', () => {
    check(({ a, b }, given) => {
      const ways = [ruling(a, b, given), ruling(b, a, given)];
      expect(ways.filter(({ decision }) => decision === 'better').length).toBeLessThan(2);
      expect(ruling(a, a, given).decision).not.toBe('better');
    });
  });

  it('the order of the images does not matter', () => {
    check(({ a, b }, given) => {
      expect(ruling(a.toReversed(), b, given)).toEqual(ruling(a, b, given));
      expect(ruling(a, b.toReversed(), given)).toEqual(ruling(a, b, given));
    });
  });

  it('one score that is no number keeps a model from passing', () => {
    const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(
        both,
        fc.nat(),
        odd,
        fc.constantFrom('dice', 'iou'),
        fc.boolean(),
        ({ a, b }, at, value, metric, mine) => {
          const spoilt = (scores: ImageScore[]) =>
            scores.with(at % scores.length, { ...scores[at % scores.length]!, [metric]: value });
          const found = mine ? ruling(spoilt(a), b) : ruling(a, spoilt(b));
          expect(found.decision).toBe('undecided');
          expect(ruling(spoilt(a), null).decision).toBe('undecided');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stricter settings let nothing pass that plain ones stop', () => {
    check(({ a, b }, given) => {
      if (ruling(a, b).decision !== 'better') expect(ruling(a, b, given).decision).not.toBe('better');
    });
  });
});
