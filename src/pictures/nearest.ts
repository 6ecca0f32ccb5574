/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Nearest neighbour, sampled at pixel centres as Pillow does: makes no new values. First channel of each pixel. */
export function resizeNearest(
  data: Uint8Array | Uint16Array,
  from: Size & { readonly channels: number },
  to: Size,
): Uint16Array {
  const result = new Uint16Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const row = Math.floor(((y + 0.5) * from.height) / to.height) * from.width;
    for (let x = 0; x < to.width; x++) {
      const column = Math.floor(((x + 0.5) * from.width) / to.width);
      result[y * to.width + x] = data[(row + column) * from.channels] as number;
    }
  }
  return result;
}
