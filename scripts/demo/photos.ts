import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawMeter } from '../sample/meters.js';

/** Draws meters number `from` to `to` with their masks into `images` and `masks` below `directory`. */
export async function drawPhotos(directory: string, from: number, to: number): Promise<void> {
  for (const role of ['images', 'masks']) await mkdir(join(directory, role), { recursive: true });
  for (let number = from; number <= to; number++) {
    const name = `meter_${String(number).padStart(4, '0')}`;
    const { image, mask } = await drawMeter(number);
    await writeFile(join(directory, 'images', `${name}.jpg`), image);
    await writeFile(join(directory, 'masks', `${name}.png`), mask);
  }
}
