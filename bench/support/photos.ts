import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import type { Files } from './clone.js';

/** Of noise that compresses about as well as a photo. */
const BYTES_PER_PIXEL = 0.196;
const SQUARE = 4;
const BITS = 32;

interface Photo {
  readonly jpeg: Buffer;
  readonly side: number;
}

/** A JPEG of about that many bytes. */
export async function makePhoto(bytes: number): Promise<Photo> {
  const side = Math.max(SQUARE * BITS, Math.round(Math.sqrt(bytes / BYTES_PER_PIXEL)));
  const noise = { type: 'gaussian', mean: 128, sigma: 13 } as const;
  const canvas = { width: side, height: side, channels: 3, background: 'black', noise } as const;
  const jpeg = await sharp({ create: canvas }).jpeg({ quality: 80 }).toBuffer();
  return { jpeg, side };
}

/** Sizes from `smallest` to `largest`, each as much larger than the one before. */
export function makePhotos(count: number, smallest: number, largest: number): Promise<Photo[]> {
  const step = (largest / smallest) ** (1 / Math.max(1, count - 1));
  return Promise.all(Array.from({ length: count }, (_, at) => makePhoto(smallest * step ** at)));
}

/** Pairs that no store has: each photo with a comment of its own, each mask with squares of its own. */
export async function freshPairs(photos: readonly Photo[], images: string, masks: string): Promise<Files> {
  const files: Record<string, Buffer> = {};
  for (const { jpeg, side } of photos) {
    const name = randomBytes(8);
    files[`${images}/new/${name.toString('hex')}.jpg`] = withComment(jpeg, name);
    files[`${masks}/new/${name.toString('hex')}.png`] = await drawMask(side, name);
  }
  return files;
}

function withComment(jpeg: Buffer, comment: Buffer): Buffer {
  const segment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, comment.length + 2]), comment]);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}

function drawMask(side: number, name: Buffer): Promise<Buffer> {
  const pixels = Buffer.alloc(side * side);
  for (let y = 0; y < SQUARE * 2; y += 1) {
    for (let x = 0; x < SQUARE * BITS; x += 1) {
      const bit = Math.floor(x / SQUARE) + (y < SQUARE ? 0 : BITS);
      const byte = name[bit >> 3] ?? 0;
      pixels[y * side + x] = (byte >> (bit & 7)) & 1 ? 255 : 0;
    }
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
}
