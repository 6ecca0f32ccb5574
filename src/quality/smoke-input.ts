import { foregroundFrom, highest } from '../pictures/foreground.js';
import { resizeNearest, type Size } from '../pictures/nearest.js';
import { decodeMask, decodeRgb } from '../pictures/pixels.js';
import type { ModelFacts } from './model-facts.js';
import { resizeRgb } from './resize.js';

export interface PreparedPair {
  /** At the model's input size: height × width × 3. */
  readonly pixels: Uint8ClampedArray;
  /** At the model's output size, 0 or 1 per pixel. */
  readonly truth: Uint8Array;
  /** Of the photo, oriented. */
  readonly original: Size;
}

/** Decodes and resizes one pair exactly as training did: EXIF orientation, then the filter of the facts. */
export async function preparePair(
  pair: { readonly image: Buffer; readonly mask: Buffer },
  facts: ModelFacts,
  size: { readonly input: Size; readonly output: Size },
): Promise<PreparedPair> {
  const photo = await decodeRgb(pair.image);
  const pixels = resizeRgb(photo.data, photo, size.input, facts.input.resize);
  const mask = await decodeMask(pair.mask);
  const from = foregroundFrom(mask.format, highest(mask.data), facts.mask.foreground);
  const small = resizeNearest(mask.data, mask, size.output);
  const truth = new Uint8Array(small.map((value) => (value >= from ? 1 : 0)));
  return { pixels, truth, original: { width: photo.width, height: photo.height } };
}
