import { foregroundFrom } from '../pictures/foreground.js';
import type { MaskPixels } from '../pictures/pixels.js';
import type { MaskFacts } from './pair-set.js';

/** Compression of a mask as JPEG moves values by up to this much in practice. */
const CHROMA_NOISE = 16;
const SHOWN_VALUES = 8;

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
