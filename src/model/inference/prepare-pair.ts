import { foregroundFrom, highest } from '../../pictures/foreground.js';
import { resizeNearest, type Size } from '../../pictures/nearest.js';
import { decodeMask, decodeRgb, type MaskPixels, type RgbPixels } from '../../pictures/pixels.js';
import type { ModelFacts } from './model-facts.js';
import { resizeRgb } from './resize.js';
import type { ModelSize } from './tensor.js';

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
  size: ModelSize,
): Promise<PreparedPair> {
  const photo = await decodeRgb(pair.image);
  const pixels = inputPixels(photo, facts, size.input);
  const mask = await decodeMask(pair.mask);
  const truth = truthAt(size.output, mask, facts.mask.foreground);
  return { pixels, truth, original: { width: photo.width, height: photo.height } };
}

/** A photo at the size that the model reads: height × width × 3. */
export function inputPixels(photo: RgbPixels, facts: ModelFacts, size: Size): Uint8ClampedArray {
  return resizeRgb(photo.data, photo, size, facts.input.resize);
}

/**
 * A mask at some size, 0 or 1 per pixel: nearest neighbour.
 * @param foreground lowest value that is foreground; default as in the image checks
 */
export function truthAt(size: Size, mask: MaskPixels, foreground?: number): Uint8Array {
  const from = foregroundFrom(mask.format, highest(mask.data), foreground);
  const resized = resizeNearest(mask.data, mask, size);
  const truth = new Uint8Array(resized.length);
  for (let i = 0; i < truth.length; i++) truth[i] = (resized[i] as number) >= from ? 1 : 0;
  return truth;
}
