import { EXIT, WmsError } from '../../errors.js';
import { decodeMask, decodeRgb, type MaskPixels, type RgbPixels } from '../../pictures/pixels.js';
import type { PairBytes } from './test-pair.js';

/** Throws WmsError `gate/damaged-pair` (exit code 3). */
export async function decodePair(
  name: string,
  { image, mask }: PairBytes,
): Promise<{ readonly photo: RgbPixels; readonly mask: MaskPixels }> {
  try {
    return { photo: await decodeRgb(image), mask: await decodeMask(mask) };
  } catch (error) {
    throw new WmsError({
      kind: 'gate/damaged-pair',
      code: EXIT.images,
      what: `The test image ${name} or its mask cannot be decoded.`,
      why: (error as Error).message,
      next: 'Restore the file; for the dataset: npx wms data verify --deep --repair',
      cause: error,
    });
  }
}
