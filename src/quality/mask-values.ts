import type { ImageFormat, MaskFacts } from './pair-set.js';
import type { MaskPixels } from './pixels.js';

/** Compression of a mask as JPEG moves values by up to this much in practice. */
const CHROMA_NOISE = 16;
const SHOWN_VALUES = 8;

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

export function maskFacts(mask: MaskPixels): MaskFacts {
  const { data, channels } = mask;
  const counts = new Uint32Array(data instanceof Uint16Array ? 65_536 : 256);
  let colour = false;
  for (let i = 0; i < data.length; i += channels) {
    const value = data[i] as number;
    counts[value] = (counts[value] as number) + 1;
    if (channels === 3) {
      const spread = Math.max(
        Math.abs(value - (data[i + 1] as number)),
        Math.abs(value - (data[i + 2] as number)),
      );
      if (spread > CHROMA_NOISE) colour = true;
    }
  }
  const values = Array.from(counts.keys()).filter((value) => counts[value] !== 0);
  const max = values.at(-1) ?? 0;
  const from = foregroundFrom(mask.format, max);
  const share = (low: number, high: number) =>
    counts.subarray(low, high + 1).reduce((sum, count) => sum + count, 0) / (mask.width * mask.height);
  return {
    min: values[0] ?? 0,
    max,
    distinct: values.length,
    values: values.slice(0, SHOWN_VALUES),
    colour,
    between: share(64, 191),
    foreground: share(from, counts.length - 1),
  };
}
