import { foregroundFrom, highest, isLossy } from '../../../pictures/foreground.js';
import { resizeNearest, type Size } from '../../../pictures/nearest.js';
import { sizeWithin } from '../../../pictures/outline.js';
import { decodeMask, loadSharp } from '../../../pictures/pixels.js';

const LONGER_SIDE = 480;

export interface Foreground {
  readonly size: Size;
  /** 0 or 1 each. */
  readonly pixels: Uint8Array;
}

/** At the size of the photo, if there is one. Any class of a mask with class numbers is foreground. */
export async function decodeForeground(bytes: Buffer, photo: Size | null): Promise<Foreground> {
  const mask = await decodeMask(bytes);
  const size = photo ?? sizeWithin(mask, LONGER_SIDE);
  const max = highest(mask.data);
  const hasClasses = !isLossy(mask.format) && max < 127;
  const from = hasClasses ? 1 : foregroundFrom(mask.format, max);
  const pixels = resizeNearest(mask.data, mask, size).map((value) => (value >= from ? 1 : 0));
  return { size, pixels: new Uint8Array(pixels) };
}

/** PNG, white on black. */
export async function renderMask({ pixels, size }: Foreground): Promise<Buffer> {
  const sharp = await loadSharp();
  const grey = Buffer.from(pixels.map((value) => value * 255));
  return sharp(grey, { raw: { ...size, channels: 1 } })
    .png({ palette: true, colours: 2 })
    .toBuffer();
}
