import { foregroundFrom } from '../pictures/foreground.js';
import type { MaskPixels } from '../pictures/pixels.js';
import type { MaskFacts } from './pair-set.js';

/** Compression of a mask as JPEG moves values by up to this much in practice. */
const CHROMA_NOISE = 16;
const SHOWN_VALUES = 8;

export function maskFacts(mask: MaskPixels): MaskFacts {
  const { data, channels } = mask;
  const isGreyBytes = channels === 1 && !(data instanceof Uint16Array);
  const counts = isGreyBytes ? countBytes(data) : countFirst(mask);
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
    colour: channels === 3 && hasColour(data),
    between: share(64, 191),
    foreground: share(from, counts.length - 1),
  };
}

/** How many pixels have each value, in the first channel. */
function countFirst({ data, channels }: MaskPixels): Uint32Array {
  const counts = new Uint32Array(data instanceof Uint16Array ? 65_536 : 256);
  for (let i = 0; i < data.length; i += channels) {
    const value = data[i] as number;
    counts[value] = (counts[value] as number) + 1;
  }
  return counts;
}

/** As `countFirst` for one channel of 8 bits. Most of a mask is long runs of one value, which are counted as runs. */
function countBytes(data: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  const inWords = data.byteOffset % 4 === 0 ? data.length - (data.length % 4) : 0;
  const words = new Uint32Array(data.buffer, inWords === 0 ? 0 : data.byteOffset, inWords / 4);
  let run = 0;
  let start = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as number;
    if (word === run) continue;
    addWords(counts, run, i - start);
    run = word;
    start = i;
  }
  addWords(counts, run, words.length - start);
  for (let i = inWords; i < data.length; i += 1) add(counts, data[i] as number, 1);
  return counts;
}

/** The same four values, so many times. */
function addWords(counts: Uint32Array, word: number, times: number): void {
  add(counts, word & 0xff, times);
  add(counts, (word >>> 8) & 0xff, times);
  add(counts, (word >>> 16) & 0xff, times);
  add(counts, word >>> 24, times);
}

function add(counts: Uint32Array, value: number, times: number): void {
  counts[value] = (counts[value] as number) + times;
}

function hasColour(data: MaskPixels['data']): boolean {
  for (let i = 0; i < data.length; i += 3) {
    const [red, green, blue] = [data[i] as number, data[i + 1] as number, data[i + 2] as number];
    if (Math.abs(red - green) > CHROMA_NOISE || Math.abs(red - blue) > CHROMA_NOISE) return true;
  }
  return false;
}
