import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { openOnnxRunner } from '../../src/adapters/onnx/runner.js';
import { pickSmokeSample, type SmokePair, type SmokeTest, smokeTest } from '../../src/quality/smoke.js';
import { fakeRunner } from '../support/fake-runner.js';
import { hasSharedData, sharedFile } from '../support/shared-data.js';

const PATH = 'models/production.onnx';

async function meters(count: number): Promise<SmokePair[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => ({ name: `meter ${i}.jpg`, ...(await drawMeter(i)) })),
  );
}

function run(changes: Partial<SmokeTest> & { readonly pairs: SmokeTest['pairs'] }) {
  return smokeTest({
    runner: openOnnxRunner(),
    model: { path: PATH, model: tinyModel(), facts: tinyModelFacts() },
    count: 0,
    ...changes,
  });
}

/** `model.json` of the tiny model with some of its keys changed. */
function facts(
  change: (facts: { input: Record<string, unknown>; output: Record<string, unknown> }) => void,
): string {
  const parsed = JSON.parse(tinyModelFacts());
  change(parsed);
  return JSON.stringify(parsed);
}

const noFacts = { path: PATH, model: Buffer.alloc(0), facts: null };

describe('the tiny model on drawn meters', () => {
  it('finds their digits windows', async () => {
    const told: string[] = [];
    const pairs = await meters(14);
    const result = await run({ pairs, count: 14, onProgress: (text) => told.push(text) });
    expect(result.scores.map(({ name }) => name)).toEqual(pairs.map(({ name }) => name));
    expect(result.medianDice).toBeGreaterThan(0.85);
    expect(result.meanIou).toBeGreaterThan(0.75);
    expect(told).toHaveLength(14);
    expect(told.at(-1)).toBe('14/14 images');

    const sorted = result.scores.map(({ dice }) => dice).toSorted((a, b) => a - b);
    expect(result.lowest.dice).toBe(sorted[0]);
    expect(result.previews.map(({ dice }) => dice)).toEqual(sorted.slice(0, 12));
    const shown = await sharp(result.previews[0]?.jpeg).metadata();
    expect([shown.format, Math.max(shown.width, shown.height)]).toEqual(['jpeg', 360]);
  });

  it('scores a swapped mask low', async () => {
    const [first, second] = await meters(2);
    const { scores } = await run({
      pairs: [{ name: 'swapped', image: first!.image, mask: second!.mask }, second!],
    });
    expect(scores[0]?.dice).toBeLessThan(0.6);
    expect(scores[1]?.dice).toBeGreaterThan(0.85);
  });

  it('needs no model.json, and none that differs from its shapes', async () => {
    const pairs = await meters(2);
    const with_ = await run({ pairs });
    const without = await run({ pairs, model: { path: PATH, model: tinyModel(), facts: null } });
    expect(without.scores).toEqual(with_.scores);
  });

  it('takes masks of 0 and 1, and turned photos', async () => {
    const [pair] = await meters(1);
    const turned = await sharp(pair!.image).rotate(-90).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { data, info } = await sharp(pair!.mask)
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const ones = await sharp(
      data.map((value) => value / 255),
      { raw: info },
    )
      .png()
      .toBuffer();
    const { scores } = await run({
      pairs: [pair!, { ...pair!, mask: ones }, { ...pair!, image: turned }],
    });
    expect(scores[1]?.dice).toBe(scores[0]?.dice);
    expect(Math.abs(scores[2]!.dice - scores[0]!.dice)).toBeLessThan(0.03);
  });
});

describe('a model that cannot be used', () => {
  it.each([
    ['NaN', Number.NaN, /output holds NaN/],
    ['one constant', 0, /output is 0.5 at every pixel of every image/],
  ])('answers %s', async (_what, gain, why) => {
    const model = { path: PATH, model: tinyModel({ gain }), facts: tinyModelFacts() };
    const error = await run({ pairs: await meters(2), model }).catch((e) => e);
    expect(error).toMatchObject({ kind: 'model/bad-output', code: 2 });
    expect(error.why).toMatch(why);
    expect(error.next).toBeTruthy();
  });

  it('answers the same for different images', async () => {
    const runner = fakeRunner(() => ({ data: Float32Array.from({ length: 64 }, (_, i) => i / 64) }));
    await expect(run({ runner, model: noFacts, pairs: await meters(2) })).rejects.toMatchObject({
      kind: 'model/bad-output',
      why: 'output is the same for every image',
    });
    const [pair] = await meters(1);
    await expect(run({ runner, model: noFacts, pairs: [pair!, pair!] })).resolves.toBeTruthy();
  });

  it('answers a mask of another size', async () => {
    const runner = fakeRunner(() => ({ data: new Float32Array(16), shape: [1, 1, 4, 4] }));
    await expect(run({ runner, model: noFacts, pairs: await meters(1) })).rejects.toMatchObject({
      kind: 'model/bad-output',
      why: expect.stringContaining('output is [1, 1, 4, 4], not one mask of 8 × 8'),
    });
  });

  it('answers logits that nobody announced', async () => {
    const runner = fakeRunner(({ data }) => ({ data: data.slice(0, 64).map((v, i) => v * 9 - i) }));
    await expect(run({ runner, model: noFacts, pairs: await meters(1) })).rejects.toMatchObject({
      kind: 'model/bad-output',
      why: expect.stringContaining('set output.activation in model.json to "logits"'),
    });
    const announced = facts((f) => {
      f.input.shape = f.output.shape = ['batch', 3, 8, 8];
      f.output.shape = ['batch', 1, 8, 8];
      f.output.activation = 'logits';
    });
    const model = { ...noFacts, facts: announced };
    await expect(run({ runner, model, pairs: await meters(1) })).resolves.toBeTruthy();
  });

  it.each([
    ['no ONNX file', Buffer.from('version https://git-lfs'), 'model/broken'],
    ['half an ONNX file', tinyModel().subarray(0, 200), 'model/broken'],
    ['an empty file', Buffer.alloc(0), 'model/broken'],
  ])('is %s', async (_what, model, kind) => {
    const error = await run({ pairs: [], model: { path: PATH, model, facts: null } }).catch((e) => e);
    expect(error).toMatchObject({ kind, code: 2 });
    expect(error.why).toBeTruthy();
  });

  it.each<[string, string, RegExp]>([
    [
      'another size',
      facts((f) => Object.assign(f.input, { shape: ['batch', 3, 64, 64] })),
      /the model has \[batch, 3, 192/,
    ],
    [
      'another input',
      facts((f) => Object.assign(f.input, { name: 'x' })),
      /names the input x; the model has image/,
    ],
    [
      'another output',
      facts((f) => Object.assign(f.output, { name: 'y' })),
      /names the output y; the model has mask/,
    ],
    [
      'another rank',
      facts((f) => Object.assign(f.input, { shape: [3, 192, 192] })),
      /says input \[3, 192, 192\]/,
    ],
  ])('has a model.json for %s', async (_what, text, why) => {
    const model = { path: PATH, model: tinyModel(), facts: text };
    const error = await run({ pairs: await meters(1), model }).catch((e) => e);
    expect(error).toMatchObject({ kind: 'model/wrong-input', code: 2 });
    expect(error.why).toMatch(why);
  });

  it('has a model.json with mistakes: all are told', async () => {
    const text = facts((f) => {
      f.input.resize = 'area';
      f.input.mean = [0, 0];
      f.output.activation = 'softmax';
    });
    const error = await run({ pairs: [], model: { path: PATH, model: tinyModel(), facts: text } }).catch(
      (e) => e,
    );
    expect(error).toMatchObject({ kind: 'model/facts-invalid', code: 2 });
    expect(error.message).toContain('models/model.json');
    for (const key of ['input.resize', 'input.mean', 'output.activation']) expect(error.why).toContain(key);
  });

  it('has a model.json that is not JSON', async () => {
    const model = { path: PATH, model: tinyModel(), facts: '{' };
    await expect(run({ pairs: [], model })).rejects.toMatchObject({ kind: 'model/facts-invalid' });
  });

  it('leaves its size open and has no model.json', async () => {
    const open = { inputs: [{ name: 'image', type: 'float32', shape: ['b', 3, 'h', 'w'] }] };
    await expect(
      run({ runner: fakeRunner(() => ({}), open), model: noFacts, pairs: [] }),
    ).rejects.toMatchObject({
      kind: 'model/facts-missing',
      why: expect.stringContaining('image float32 [b, 3, h, w]'),
    });
  });
});

it('stops when it is told to', async () => {
  const abort = new AbortController();
  const pairs = await meters(3);
  const running = run({ pairs, signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) });
  await expect(running).rejects.toThrow('enough');
});

describe('pickSmokeSample', () => {
  const names = Array.from({ length: 100 }, (_, i) => `m${String(i).padStart(3, '0')}`);

  it('spreads evenly and does not depend on the order', () => {
    expect(pickSmokeSample(names, 4)).toEqual(['m012', 'm037', 'm062', 'm087']);
    expect(pickSmokeSample(names.toReversed(), 4)).toEqual(pickSmokeSample(names, 4));
    expect(new Set(pickSmokeSample(names, 99)).size).toBe(99);
  });

  it('takes all of a few', () => {
    expect(pickSmokeSample(['b', 'a'], 2)).toEqual(['a', 'b']);
  });
});

describe.skipIf(!hasSharedData)('real models on real water meters', () => {
  it.each([
    ['production', 1],
    ['candidate', 3],
  ])('score as in training: %s', async (name, column) => {
    const lines = sharedFile('models/scores.csv').toString().trim().split('\n').slice(1);
    const expected = lines.map((line) => line.split(','));
    const pairs = expected.map(([file]) => ({
      name: file!,
      image: sharedFile(`water-meters/images/${file}`),
      mask: sharedFile(`water-meters/masks/${file}`),
    }));
    const model = sharedFile(`models/${name}.onnx`);
    const text = sharedFile('models/model.json').toString();
    const result = await run({ pairs, model: { path: PATH, model, facts: text } });
    expect(result.scores).toHaveLength(60);
    const sum = { dice: 0, iou: 0 };
    for (const [i, { dice, iou }] of result.scores.entries()) {
      const [wantedDice, wantedIou] = [Number(expected[i]![column]), Number(expected[i]![column + 1])];
      expect(Math.abs(dice - wantedDice)).toBeLessThan(0.005);
      expect(Math.abs(iou - wantedIou)).toBeLessThan(0.005);
      sum.dice += wantedDice / 60;
      sum.iou += wantedIou / 60;
    }
    expect(Math.abs(result.meanDice - sum.dice)).toBeLessThan(0.0005);
    expect(Math.abs(result.meanIou - sum.iou)).toBeLessThan(0.0005);
  });
});
