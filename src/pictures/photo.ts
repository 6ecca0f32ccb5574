import type { Size } from './nearest.js';
import { drawOutline, type Line } from './outline.js';
import { loadSharp, openPixels } from './pixels.js';

const LONGER_SIDE = 480;

/** Small enough for a page. */
export interface Photo {
  readonly size: Size;
  /** height × width × 3 */
  readonly pixels: Buffer;
}

/** Small, oriented. Throws what the decoder throws. */
export async function decodePhoto(bytes: Buffer): Promise<Photo> {
  const pipeline = await openPixels(bytes);
  const { data, info } = await pipeline
    .resize(LONGER_SIDE, LONGER_SIDE, { fit: 'inside' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { size: { width: info.width, height: info.height }, pixels: data };
}

export interface Outline {
  /** At the size of the photo, 0 where there is background. */
  readonly mask: Uint8Array;
  readonly line: Line;
}

/** JPEG; later outlines are drawn over earlier ones. */
export async function renderPhoto({ pixels, size }: Photo, outlines: readonly Outline[]): Promise<Buffer> {
  const sharp = await loadSharp();
  const canvas = Buffer.from(pixels);
  for (const { mask, line } of outlines) drawOutline(canvas, size, mask, line);
  return sharp(canvas, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: 76 })
    .toBuffer();
}
