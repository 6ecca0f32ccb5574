/** Longest side that is drawn, pixels: more is not seen, and phones have little memory. */
const LONGEST = 1600;
/** Width of the outline, as a part of the longest side. */
const OUTLINE = 1 / 350;

/** Draws a mask (white: foreground) in the colour of each canvas: its area, and its outline. */
export async function drawMask(
  png: Blob,
  area: HTMLCanvasElement,
  outline: HTMLCanvasElement,
): Promise<void> {
  const whole = await createImageBitmap(png);
  const scale = Math.min(1, LONGEST / Math.max(whole.width, whole.height));
  const width = Math.max(1, Math.round(whole.width * scale));
  const height = Math.max(1, Math.round(whole.height * scale));
  const pen = resized(area, width, height);
  pen.drawImage(whole, 0, 0, width, height);
  whole.close();
  const { data } = pen.getImageData(0, 0, width, height);
  const inside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && (data[(y * width + x) * 4] as number) > 127;
  paint(pen, area, width, height, inside);
  const reach = Math.max(1, Math.round(Math.max(width, height) * OUTLINE));
  paint(
    resized(outline, width, height),
    outline,
    width,
    height,
    (x, y) =>
      inside(x, y) &&
      !(inside(x - reach, y) && inside(x + reach, y) && inside(x, y - reach) && inside(x, y + reach)),
  );
}

function resized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  canvas.width = width;
  canvas.height = height;
  return canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
}

function paint(
  pen: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  isPainted: (x: number, y: number) => boolean,
): void {
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(canvas).color.match(/\d+/g) ?? []).map(Number);
  const picture = pen.createImageData(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (isPainted(x, y)) picture.data.set([red, green, blue, 255], (y * width + x) * 4);
  pen.putImageData(picture, 0, 0);
}
