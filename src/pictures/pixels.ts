import type { Sharp } from 'sharp';

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'tiff';

/** More pixels than any camera's picture has; decoding them would take 300 MB. */
export const MAX_PIXELS = 100_000_000;

type SharpFactory = typeof import('sharp').default;

let loading: Promise<SharpFactory> | undefined;

/** Loads sharp, 86 ms, on first use. Its cache is switched off: no image is decoded twice, thousands pass through. */
export function loadSharp(): Promise<SharpFactory> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    return sharp;
  });
  return loading;
}

/**
 * A pipeline that reads pixels as trainers do (Pillow): EXIF orientation applied, colour profiles not.
 * Anything that makes the decoder warn, above all a truncated file, is an error.
 */
export async function openPixels(bytes: Buffer, maxPixels = MAX_PIXELS): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(bytes, { autoOrient: true, ignoreIcc: true, limitInputPixels: maxPixels });
}

export interface RgbPixels {
  readonly width: number;
  readonly height: number;
  /** height × width × 3, 0…255. */
  readonly data: Uint8Array;
}

/** Colour pixels, oriented; transparency dropped, grey as three equal channels. */
export async function decodeRgb(bytes: Buffer, maxPixels = MAX_PIXELS): Promise<RgbPixels> {
  const pipeline = await openPixels(bytes, maxPixels);
  const { data, info } = await pipeline
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

export interface MaskPixels {
  readonly width: number;
  readonly height: number;
  /** height × width × channels. 16-bit masks keep their values. */
  readonly data: Uint8Array | Uint16Array;
  readonly channels: 1 | 3;
  readonly format: ImageFormat;
}

/** Pixels of a mask, oriented, without any conversion that could change a value. */
export async function decodeMask(bytes: Buffer): Promise<MaskPixels> {
  const pipeline = await openPixels(bytes);
  const { depth, space, format } = await pipeline.metadata();
  const grey = space === 'b-w' || space === 'grey16';
  const deep = grey && depth === 'ushort';
  const { data, info } = await pipeline
    .removeAlpha()
    .toColourspace(deep ? 'grey16' : grey ? 'b-w' : 'srgb')
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    data: deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data,
    channels: info.channels === 1 ? 1 : 3,
    format: format as ImageFormat,
  };
}
