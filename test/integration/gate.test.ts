import { beforeAll, describe, expect, it } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { openOnnxRunner } from '../../src/adapters/onnx/runner.js';
import { EXIT, WmsError } from '../../src/errors.js';
import { type GateRequest, runGate } from '../../src/model/gate/run.js';
import type { Side } from '../../src/model/gate/side.js';
import type { TestPair } from '../../src/model/scores/test-pair.js';
import { md5Of } from '../support/manifests.js';
import { hasSharedData, sharedFile, sharedNames } from '../support/shared-data.js';

function side(name: string, model: Buffer, changes: Partial<Side> = {}): Side {
  const files = { path: `${name}.onnx`, model, facts: tinyModelFacts() };
  return { name, version: null, md5: md5Of(model), files, reported: null, keptOut: null, ...changes };
}

function testPair(relpath: string, image: Buffer, mask: Buffer): TestPair {
  return { relpath, image: md5Of(image), mask: md5Of(mask), read: async () => ({ image, mask }) };
}

/** Finds digits windows; the other one is too shy: it sees a smaller part of them. */
const good = side('good', tinyModel());
const shy = side('shy', tinyModel({ darkness: 0.25 }), { version: '7' });
let pairs: TestPair[];

beforeAll(async () => {
  const meters = await Promise.all(Array.from({ length: 6 }, (_, seed) => drawMeter(seed)));
  pairs = meters.map(({ image, mask }, i) => testPair(`meter ${i}.jpg`, image, mask));
});

function gate(changes: Partial<GateRequest> = {}) {
  return runGate({
    runner: openOnnxRunner(),
    clock: { now: () => new Date('2026-11-21T10:15:00Z') },
    rules: { firstModel: 'promote', minDelta: 0, requireSignificant: false },
    candidate: good,
    baseline: async () => shy,
    testPairs: async () => pairs,
    ownSplit: true,
    pictures: false,
    ...changes,
  });
}

describe('two models on the same drawn meters', () => {
  it('the better one passes, the other way round it does not', async () => {
    const { verdict, images } = await gate({ pictures: false });
    expect(verdict).toMatchObject({ decision: 'better', images: 6, decidedAt: '2026-11-21T10:15:00.000Z' });
    expect(verdict.candidate?.scores.dice).toBeGreaterThan(0.85);
    expect(verdict.baseline).toMatchObject({ name: 'shy', version: '7', model: shy.md5 });
    expect(verdict.comparison?.wins).toBe(6);
    expect(images.map(({ name }) => name)).toEqual(pairs.map(({ relpath }) => relpath));

    const back = await gate({ candidate: shy, baseline: async () => good });
    expect(back.verdict.decision).toBe('not-better');
    expect(back.verdict.testSplit).toBe(verdict.testSplit);
    expect(back.verdict.candidate?.scores).toEqual(verdict.baseline?.scores);
    expect(back.verdict.comparison?.worst).toHaveLength(5);
  });

  it('a candidate that kept these images out of its training passes; elsewhere its split does not matter', async () => {
    const { verdict } = await gate({ baseline: async () => null });
    const candidate = { ...good, keptOut: verdict.testSplit };
    expect((await gate({ candidate })).verdict.decision).toBe('better');
    const other = { ...good, keptOut: 'f'.repeat(32) };
    expect((await gate({ candidate: other, ownSplit: false })).verdict.decision).toBe('better');
  });

  it('the same model is not better than itself', async () => {
    const { verdict } = await gate({ baseline: async () => good });
    expect(verdict.decision).toBe('not-better');
    expect(verdict.comparison).toMatchObject({ ties: 6, meanDifference: { dice: 0, iou: 0 } });
  });

  it('measures at native size close to the model’s, and draws what changed most', async () => {
    const { verdict, drawn } = await gate({ pictures: true });
    const { scores, atModelSize } = verdict.candidate!;
    expect(scores.dice).not.toBe(atModelSize.dice);
    expect(Math.abs(scores.dice - atModelSize.dice)).toBeLessThan(0.02);
    expect(drawn).toHaveLength(6);
    expect(drawn.every(({ jpeg }) => jpeg.subarray(0, 3).toString('hex') === 'ffd8ff')).toBe(true);
    const gains = drawn.map(({ candidate, baseline }) => candidate.dice - baseline!.dice);
    expect(gains).toEqual(gains.toSorted((a, b) => a - b));
  });

  it('tells progress for every image', async () => {
    const told: string[] = [];
    await gate({ onProgress: (done, of) => told.push(`${done}/${of}`) });
    expect(told).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
  });

  it('lets the first model pass when there is certainly none', async () => {
    const { verdict } = await gate({ baseline: async () => null });
    expect(verdict).toMatchObject({ decision: 'first', baseline: null, comparison: null });
    expect(verdict.candidate?.scores.dice).toBeGreaterThan(0.85);
  });
});

describe('what cannot be decided never passes', () => {
  const unreachable = new WmsError({
    kind: 'x',
    code: EXIT.network,
    what: 'No answer.',
    why: 'offline',
    next: 'wait',
  });
  it.each<[string, () => Partial<GateRequest>, RegExp]>([
    [
      'a registry that does not answer',
      () => ({ baseline: () => Promise.reject(unreachable) }),
      /No answer: offline/,
    ],
    [
      'test images that cannot be had',
      () => ({ testPairs: () => Promise.reject(unreachable) }),
      /No answer: offline/,
    ],
    [
      'a pair that cannot be had',
      () => ({
        testPairs: async () => [pairs[0]!, { ...pairs[1]!, read: () => Promise.reject(unreachable) }],
      }),
      /No answer/,
    ],
    ['no test images', () => ({ testPairs: async () => [] }), /no test images/],
    [
      'no test images for the first model',
      () => ({ testPairs: async () => [], baseline: async () => null }),
      /no test images/,
    ],
    [
      'another test split',
      () => ({ candidate: { ...good, keptOut: 'f'.repeat(32) } }),
      /another test split \(ffffffff\)/,
    ],
    [
      'a candidate that answers NaN',
      () => ({ candidate: side('new', tinyModel({ gain: Number.NaN })) }),
      /new: .*output holds NaN/,
    ],
    [
      'a candidate that answers a constant',
      () => ({ candidate: side('new', tinyModel({ gain: 0 })), baseline: async () => null }),
      /new: .*at every pixel/,
    ],
    [
      'a candidate that is no model',
      () => ({ candidate: side('new', Buffer.from('dummy')) }),
      /new: The model file is not/,
    ],
    [
      'a Production model that is broken',
      () => ({ baseline: async () => side('old', Buffer.from('dummy')) }),
      /old: The model file is not/,
    ],
    [
      'a damaged test image',
      () => ({ testPairs: async () => [testPair('bad.jpg', Buffer.from('no image'), Buffer.alloc(0))] }),
      /bad\.jpg or its mask cannot be decoded/,
    ],
  ])('%s', async (_what, changes, reason) => {
    const { verdict } = await gate(changes());
    expect(verdict).toMatchObject({
      decision: 'undecided',
      candidate: null,
      baseline: null,
      comparison: null,
    });
    expect(verdict.reasons.join('\n')).toMatch(reason);
  });

  it('but wrong settings are an error of their own', async () => {
    const wrong = new WmsError({ kind: 'x', code: EXIT.usage, what: 'Not set up.' });
    await expect(gate({ baseline: () => Promise.reject(wrong) })).rejects.toBe(wrong);
  });
});

describe.skipIf(!hasSharedData)('real models on real water meters', () => {
  const real = (name: string) => {
    const model = sharedFile(`models/${name}.onnx`);
    const facts = sharedFile('models/model.json').toString();
    return side(name, model, { files: { path: name, model, facts } });
  };
  const photo = (file: string) =>
    testPair(file, sharedFile(`water-meters/images/${file}`), sharedFile(`water-meters/masks/${file}`));

  it('do not pass the other way round', { timeout: 240_000 }, async () => {
    const { verdict } = await gate({
      candidate: real('production'),
      baseline: async () => real('candidate'),
      testPairs: async () => sharedNames('water-meters/images').sort().slice(0, 20).map(photo),
    });
    expect(verdict).toMatchObject({ decision: 'not-better', images: 20 });
    expect(verdict.comparison?.losses).toBeGreaterThan(verdict.comparison?.wins ?? 20);
  });

  it('score as in training, and the candidate beats Production beyond chance', {
    timeout: 240_000,
  }, async () => {
    const lines = sharedFile('models/scores.csv').toString().trim().split('\n').slice(1);
    const expected = lines.map((line) => line.split(','));
    const { verdict, images } = await gate({
      candidate: real('candidate'),
      baseline: async () => real('production'),
      testPairs: async () => expected.map(([file]) => photo(file!)),
      rules: { firstModel: 'refuse', minDelta: 0.1, requireSignificant: true },
    });
    expect(verdict.decision).toBe('better');
    const means = [0, 0, 0, 0];
    for (const [i, { candidate, baseline }] of images.entries()) {
      const ours = [baseline!.dice, baseline!.iou, candidate.dice, candidate.iou];
      for (const [column, value] of ours.entries()) {
        const wanted = Number(expected[i]![column + 1]);
        expect(Math.abs(value - wanted)).toBeLessThan(0.05);
        means[column]! += wanted / expected.length;
      }
    }
    const [oldDice, oldIou, newDice, newIou] = means as [number, number, number, number];
    for (const size of ['scores', 'atModelSize'] as const) {
      const [before, after] = [verdict.baseline![size], verdict.candidate![size]];
      expect(Math.abs(before.dice - oldDice)).toBeLessThan(0.005);
      expect(Math.abs(before.iou - oldIou)).toBeLessThan(0.005);
      expect(Math.abs(after.dice - newDice)).toBeLessThan(0.005);
      expect(Math.abs(after.iou - newIou)).toBeLessThan(0.005);
    }
  });
});
