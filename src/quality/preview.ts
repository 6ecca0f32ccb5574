import type { PreparedPair } from '../model/inference/prepare-pair.js';
import { resizeNearest, type Size } from '../pictures/nearest.js';
import { DASHED_LINE, drawOutline, SOLID_LINE, sizeWithin } from '../pictures/outline.js';
import { loadSharp } from '../pictures/pixels.js';

const LONGER_SIDE = 360;

/**
 * Small JPEG of a photo with two outlines: its mask (turquoise, solid) and the prediction (orange, dashed).
 * @param prediction 0 or 1 per pixel at `maskSize`, which `pair.truth` has too
 */
export async function renderPreview(
  pair: PreparedPair,
  prediction: Uint8Array,
  { input, output: maskSize }: { readonly input: Size; readonly output: Size },
): Promise<Buffer> {
  const sharp = await loadSharp();
  const size = sizeWithin(pair.original, LONGER_SIDE);
  const photo = await sharp(pair.pixels, { raw: { ...input, channels: 3 } })
    .resize(size.width, size.height, { fit: 'fill' })
    .raw()
    .toBuffer();
  const enlarge = (mask: Uint8Array) => resizeNearest(mask, { ...maskSize, channels: 1 }, size);
  drawOutline(photo, size, enlarge(pair.truth), SOLID_LINE);
  drawOutline(photo, size, enlarge(prediction), DASHED_LINE);
  return sharp(photo, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: 78 })
    .toBuffer();
}
