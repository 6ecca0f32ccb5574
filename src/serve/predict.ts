import { EXIT, isWmsError, WmsError } from '../errors.js';
import { enlargeMask } from '../model/inference/enlarge.js';
import type { OpenModel } from '../model/inference/open-model.js';
import { isForeground } from '../model/inference/prediction.js';
import { inputPixels } from '../model/inference/prepare-pair.js';
import { decodeRgb, loadSharp, openPixels, type RgbPixels } from '../pictures/pixels.js';
import { sniff } from '../pictures/sniff.js';
import type { MaskResult } from './jobs.js';

/**
 * The mask of one photo, at the photo's size. Throws WmsError `serve/not-an-image`, `serve/too-many-pixels`,
 * `serve/unreadable-image` (exit code 3), and what the model throws.
 */
export async function predictMask(model: OpenModel, bytes: Buffer, maxPixels: number): Promise<MaskResult> {
  const photo = await decode(bytes, maxPixels);
  const { facts, size } = model;
  const probabilities = await model.predict('the photo', inputPixels(photo, facts, size.input));
  const mask = enlargeMask(probabilities, size.output, photo, facts.output);
  let inside = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    inside += 1;
    mask[i] = 255;
  }
  const sharp = await loadSharp();
  const { width, height } = photo;
  const png = await sharp(mask, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 3 })
    .toBuffer();
  const certain = probabilities.filter((value) => isForeground(facts.output, value));
  return {
    width,
    height,
    mask: png,
    score: certain.length === 0 ? null : certain.reduce((sum, value) => sum + value, 0) / certain.length,
    coverage: inside / mask.length,
  };
}

async function decode(bytes: Buffer, maxPixels: number): Promise<RgbPixels> {
  const content = sniff(bytes);
  if (content.kind !== 'image') {
    const name = content.kind === 'lfs-pointer' ? 'a Git LFS pointer' : content.name;
    throw bad(
      'not-an-image',
      bytes.length === 0 ? 'The request has no photo' : `This is no photo but ${name}`,
    );
  }
  try {
    // Without its own limit, so that the error can tell the size.
    const { width, height } = await (await openPixels(bytes, Number.MAX_SAFE_INTEGER)).metadata();
    if (width * height > maxPixels) {
      throw bad(
        'too-many-pixels',
        `The photo has ${width} × ${height} pixels, more than ${maxPixels / 1e6} million`,
        'Send it smaller, or raise serve.maxMegapixels in wms.config.json.',
      );
    }
    return await decodeRgb(bytes, maxPixels);
  } catch (error) {
    if (isWmsError(error)) throw error;
    const [reason] = (error as Error).message.split('\n', 1);
    throw bad('unreadable-image', `The ${content.format} file cannot be decoded: ${reason}`);
  }
}

function bad(kind: string, what: string, next = 'Send a PNG, JPEG, WebP or TIFF file, whole.'): WmsError {
  return new WmsError({ kind: `serve/${kind}`, code: EXIT.images, what, next });
}
