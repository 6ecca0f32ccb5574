import type { Size } from './nearest.js';

export interface Line {
  /** Red, green, blue: 0…255. */
  readonly colour: readonly [number, number, number];
  /** Share of it that is drawn: 1 is solid, less dashed, little dotted. */
  readonly drawn: number;
}

/** Apart in lightness as well as in hue, and broken differently: colour is not needed to tell them apart. */
export const SOLID_LINE: Line = { colour: [46, 240, 210], drawn: 1 };
export const DASHED_LINE: Line = { colour: [255, 92, 40], drawn: 0.6 };
export const DOTTED_LINE: Line = { colour: [178, 120, 255], drawn: 0.25 };

const REACH = 1;
const DASH = 12;

/** Size of a picture whose longer side is `longerSide`. */
export function sizeWithin({ width, height }: Size, longerSide: number): Size {
  const scale = longerSide / Math.max(width, height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * Draws the outline of a mask into a photo of the same size.
 * @param photo height × width × 3
 * @param mask 0 where there is background
 */
export function drawOutline(
  photo: Uint8Array,
  { width, height }: Size,
  mask: Uint8Array | Uint16Array,
  { colour, drawn }: Line,
): void {
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (mask[y * width + x] as number);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (at(x, y) === 0 || (x + y) % DASH >= DASH * drawn) continue;
      const edge =
        at(x - REACH, y) === 0 || at(x + REACH, y) === 0 || at(x, y - REACH) === 0 || at(x, y + REACH) === 0;
      if (edge) paint(photo, width, height, x, y, colour);
    }
  }
}

/** Two by two pixels, so that the line shows on a dense screen. */
function paint(
  photo: Uint8Array,
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
