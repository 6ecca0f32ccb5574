import sharp from 'sharp';
import { seededRandom } from '../../src/seeded-random.pure.js';
import { meterSvg } from './meter-svg.js';

export interface SampleMeter {
  /** JPEG, 480 × 360 or 360 × 480 pixels. */
  readonly image: Buffer;
  /** PNG of the same size, 8-bit grey: 255 in the digits window, 0 elsewhere. */
  readonly mask: Buffer;
}

const NOISE = 14;

/** Draws a water meter and its exact mask. The same seed gives the same bytes (with the same version of sharp). */
export async function drawMeter(seed: number): Promise<SampleMeter> {
  const { width, height, photo, mask } = meterSvg(seed);
  const random = seededRandom(seed ^ 0x5eed);
  const light = 0.85 + random() * 0.25;
  const pixels = await sharp(Buffer.from(photo)).removeAlpha().blur(0.7).raw().toBuffer();
  const noisy = new Uint8ClampedArray(pixels).map((value) => value * light + (random() - 0.5) * NOISE);
  const drawn = await sharp(Buffer.from(mask)).removeAlpha().toColourspace('b-w').raw().toBuffer();
  const exact = new Uint8Array(drawn).map((value) => (value >= 128 ? 255 : 0));
  return {
    image: await sharp(noisy, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 88 })
      .toBuffer(),
    mask: await sharp(exact, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer(),
  };
}
