import { openPixels } from './pixels.js';

/** Grey pixels per side that the hash is made of. */
const SIDE = 32;
/** Lowest frequencies per side: one bit each. */
const FREQUENCIES = 8;

const COSINES = Array.from({ length: FREQUENCIES }, (_, frequency) =>
  Float64Array.from({ length: SIDE }, (_, at) => Math.cos(((2 * at + 1) * frequency * Math.PI) / (2 * SIDE))),
);

/**
 * What a picture looks like, as 16 hex digits: bit by bit, whether one of the 8 × 8 lowest frequencies of its 32 × 32
 * grey version (DCT-II) lies above their median (Zauner 2010). Copies that were resized or compressed again differ in few bits.
 * Throws what the decoder says about bytes that are no whole picture.
 */
export async function perceptualHash(bytes: Buffer): Promise<string> {
  const pipeline = await openPixels(bytes);
  const grey = await pipeline
    .removeAlpha()
    .toColourspace('b-w')
    .resize(SIDE, SIDE, { fit: 'fill' })
    .raw({ depth: 'uchar' })
    .toBuffer();
  return hashOfGrey(grey);
}

function hashOfGrey(grey: Uint8Array): string {
  const strengths = COSINES.flatMap((vertical) => {
    const sums = Float64Array.from({ length: SIDE }, (_, x) => {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += (grey[y * SIDE + x] as number) * (vertical[y] as number);
      return sum;
    });
    return COSINES.map((horizontal) =>
      sums.reduce((sum, value, x) => sum + value * (horizontal[x] as number), 0),
    );
  });
  const sorted = strengths.toSorted((a, b) => a - b);
  const middle = ((sorted[31] as number) + (sorted[32] as number)) / 2;
  let hex = '';
  for (let at = 0; at < strengths.length; at += 4) {
    const bits = strengths.slice(at, at + 4).map((strength) => (strength > middle ? '1' : '0'));
    hex += Number.parseInt(bits.join(''), 2).toString(16);
  }
  return hex;
}
