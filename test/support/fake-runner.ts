import type { LoadedModel, ModelRunner, Tensor } from '../../src/ports/model-runner.js';

/** A model of 8 × 8 pixels whose answer is whatever `answer` makes of its input. */
export function fakeRunner(
  answer: (input: Tensor) => Partial<Tensor>,
  changes: Partial<LoadedModel> = {},
): ModelRunner {
  const info = { type: 'float32', shape: ['batch', 3, 8, 8] };
  return {
    load: async () => ({
      inputs: [{ name: 'image', ...info }],
      outputs: [{ name: 'mask', type: 'float32', shape: ['batch', 1, 8, 8] }],
      run: async ({ tensor }) => ({
        mask: { data: new Float32Array(64), shape: [1, 1, 8, 8], ...answer(tensor) },
      }),
      close: async () => undefined,
      ...changes,
    }),
  };
}
