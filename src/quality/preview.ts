import { loadSharp } from './pixels.js';
import { resizeNearest } from './resize.js';
import type { PreparedPair } from './smoke-input.js';
import type { Size } from './tensor.js';

const LONGER_SIDE = 360;
const LINE = 1;
/** Apart in lightness as well as in hue, and the prediction is dashed: colour is not needed to tell them apart. */
const TRUTH_COLOUR = [46, 240, 210] as const;
const PREDICTION_COLOUR = [255, 92, 40] as const;
const DASH = 12;

/**
 * Small JPEG of a photo with two outlines: its mask (turquoise, solid) and the prediction (orange, dashed).
 * @param prediction 0 or 1 per pixel at `maskSize`, which `pair.truth` has too
 */
export async function renderPreview(
  pair: PreparedPair,
  prediction: Uint8Array,
  { input, output: maskSize }: { readonly input: Size; readonly output: Size },
): Promise<Buffer> {
  const sharp = await loadSharp();
  const scale = LONGER_SIDE / Math.max(pair.original.width, pair.original.height);
  const size = {
    width: Math.max(1, Math.round(pair.original.width * scale)),
    height: Math.max(1, Math.round(pair.original.height * scale)),
  };
  const photo = await sharp(pair.pixels, { raw: { ...input, channels: 3 } })
    .resize(size.width, size.height, { fit: 'fill' })
    .raw()
    .toBuffer();
  drawOutline(photo, size, enlarge(pair.truth, maskSize, size), TRUTH_COLOUR, () => true);
  drawOutline(
    photo,
    size,
    enlarge(prediction, maskSize, size),
    PREDICTION_COLOUR,
    (x, y) => (x + y) % DASH < DASH * 0.6,
  );
  return sharp(photo, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: 78 })
    .toBuffer();
}

function enlarge(mask: Uint8Array, from: Size, to: Size): Uint16Array {
  return resizeNearest(mask, { ...from, channels: 1 }, to);
}

function drawOutline(
  photo: Buffer,
  { width, height }: Size,
  mask: Uint16Array,
  colour: readonly [number, number, number],
  visible: (x: number, y: number) => boolean,
): void {
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (mask[y * width + x] as number);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (at(x, y) === 0 || !visible(x, y)) continue;
      const edge =
        at(x - LINE, y) === 0 || at(x + LINE, y) === 0 || at(x, y - LINE) === 0 || at(x, y + LINE) === 0;
      if (edge) paint(photo, width, height, x, y, colour);
    }
  }
}

/** Two by two pixels, so that the line shows on a dense screen. */
function paint(
  photo: Buffer,
  width: number,
  height: number,
  x: number,
  y: number,
  colour: readonly [number, number, number],
): void {
  for (const [px, py] of [
    [x, y],
    [x + 1, y],
    [x, y + 1],
    [x + 1, y + 1],
  ] as const) {
    if (px < width && py < height) photo.set(colour, (py * width + px) * 3);
  }
}
