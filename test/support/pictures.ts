import sharp from 'sharp';

export interface Picture {
  readonly image: Buffer;
  readonly mask: Buffer;
}

/** A small photo and its mask, different for each seed: a bright block on noise. */
export async function picture(seed: number, size = 24): Promise<Picture> {
  const random = generator(seed);
  const left = 4 + Math.floor(random() * (size / 3));
  const top = 4 + Math.floor(random() * (size / 3));
  const photo = Buffer.alloc(size * size * 3);
  const mask = Buffer.alloc(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const inside = x >= left && x < left + size / 3 && y >= top && y < top + size / 3;
      mask[y * size + x] = inside ? 255 : 0;
      for (let channel = 0; channel < 3; channel++) {
        photo[(y * size + x) * 3 + channel] = (inside ? 190 : 40) + Math.floor(random() * 40);
      }
    }
  }
  const raw = { width: size, height: size };
  return {
    image: await sharp(photo, { raw: { ...raw, channels: 3 } })
      .png()
      .toBuffer(),
    mask: await sharp(mask, { raw: { ...raw, channels: 1 } })
      .png()
      .toBuffer(),
  };
}

/** Files of pairs, ready to be written into a clone. Names are `meter_<seed>.png` unless given. */
export async function pairFiles(seeds: readonly number[], name = (seed: number) => `meter_${seed}.png`) {
  const files: Record<string, Buffer> = {};
  for (const seed of seeds) {
    const { image, mask } = await picture(seed);
    files[`data/training/images/${name(seed)}`] = image;
    files[`data/training/masks/${name(seed)}`] = mask;
  }
  return files;
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
