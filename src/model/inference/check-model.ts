import type { Size } from '../../pictures/nearest.js';
import type { ModelRunner } from '../../ports/model-runner.js';
import { type ModelFiles, type OpenModel, openModel } from './open-model.js';

/**
 * Proves that a file is a model and no dummy: it loads, takes images as its facts say, and answers finite masks that
 * depend on the image. Needs no images: it is shown drawn ones.
 *
 * @throws WmsError (exit code 2), as `openModel`, and `model/inference-failed`, `model/bad-output`
 */
export async function checkModelFile(
  runner: ModelRunner,
  files: ModelFiles,
): Promise<Pick<OpenModel, 'facts' | 'size' | 'tensors'>> {
  const model = await openModel(runner, files);
  try {
    for (const [name, pixels] of drawnImages(model.size.input)) await model.predict(name, pixels);
    model.finish();
    return { facts: model.facts, size: model.size, tensors: model.tensors };
  } finally {
    await model.close();
  }
}

/** Plain, and with structure at two scales: whatever a model looks for, these differ in it. */
function drawnImages({ width, height }: Size): [name: string, pixels: Uint8ClampedArray][] {
  const draw = (rgb: (x: number, y: number) => readonly [number, number, number]) => {
    const pixels = new Uint8ClampedArray(width * height * 3);
    for (let i = 0; i < width * height; i++) pixels.set(rgb(i % width, Math.floor(i / width)), i * 3);
    return pixels;
  };
  const grey = (value: number) => [value, value, value] as const;
  const chequered = (x: number, y: number, side: number) => (Math.floor(x / side) + Math.floor(y / side)) % 2;
  return [
    ['a black image', draw(() => grey(0))],
    ['a white image', draw(() => grey(255))],
    ['a gradient', draw((x, y) => [(x / width) * 255, (y / height) * 255, 255 - (x / width) * 255])],
    ['a chequered image', draw((x, y) => grey(200 * chequered(x, y, 16) + 55 * chequered(x, y, 2)))],
  ];
}
