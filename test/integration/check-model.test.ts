import { describe, expect, it } from 'vitest';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { openOnnxRunner } from '../../src/adapters/onnx/runner.js';
import { checkModelFile } from '../../src/model/inference/check-model.js';
import { fakeRunner } from '../support/fake-runner.js';
import { hasSharedData, sharedFile } from '../support/shared-data.js';

const path = 'out/model.onnx';
const facts = tinyModelFacts();
const check = (model: Buffer, text: string | null = facts) =>
  checkModelFile(openOnnxRunner(), { path, model, facts: text });

describe('checkModelFile', () => {
  it('takes a model that looks at its input, with and without model.json', async () => {
    const { size } = await check(tinyModel());
    expect(size.input).toEqual({ width: 192, height: 192 });
    expect((await check(tinyModel(), null)).size).toEqual(size);
  });

  it.each([
    ['one constant', 0, /output is 0.5 at every pixel of every image/],
    ['NaN', Number.NaN, /a black image: output holds NaN/],
  ])('refuses a dummy that answers %s', async (_what, gain, why) => {
    await expect(check(tinyModel({ gain }))).rejects.toMatchObject({
      kind: 'model/bad-output',
      code: 2,
      why: expect.stringMatching(why),
    });
  });

  it('refuses a dummy that answers one picture whatever it is shown', async () => {
    const runner = fakeRunner(() => ({ data: Float32Array.from({ length: 64 }, (_, i) => i / 64) }));
    const files = { path, model: Buffer.alloc(0), facts: null };
    await expect(checkModelFile(runner, files)).rejects.toMatchObject({
      kind: 'model/bad-output',
      why: 'output is the same for every image',
    });
  });

  it('refuses what is no model, and facts of another model', async () => {
    await expect(check(Buffer.from('dummy'))).rejects.toMatchObject({ kind: 'model/broken' });
    await expect(check(tinyModel(), facts.replaceAll('192', '256'))).rejects.toMatchObject({
      kind: 'model/wrong-input',
    });
    await expect(check(tinyModel(), '{}')).rejects.toMatchObject({
      kind: 'model/facts-invalid',
      message: expect.stringContaining('out/model.json'),
    });
  });

  it.skipIf(!hasSharedData)('takes real models', async () => {
    const text = sharedFile('models/model.json').toString();
    for (const name of ['production', 'candidate']) {
      const { size } = await check(sharedFile(`models/${name}.onnx`), text);
      expect(size.output).toEqual({ width: 256, height: 256 });
    }
  });
});
