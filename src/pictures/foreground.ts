import type { ImageFormat } from './pixels.js';

/** Formats whose compression moves values away from 0 and 255. */
export function isLossy(format: ImageFormat): boolean {
  return format === 'jpeg' || format === 'webp';
}

/** Lowest value that is foreground: a lossless mask of 0 and 1 means what it says, others are cut at `threshold`. */
export function foregroundFrom(format: ImageFormat, max: number, threshold = 127): number {
  return max <= 1 && !isLossy(format) ? 1 : threshold;
}

export function highest(data: Uint8Array | Uint16Array): number {
  let max = 0;
  for (const value of data) if (value > max) max = value;
  return max;
}
