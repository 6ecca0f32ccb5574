import { EXIT, WmsError } from '../errors.js';
import { enlargeMask } from '../model/inference/enlarge.js';
import type { ModelFacts } from '../model/inference/model-facts.js';
import type { OpenModel } from '../model/inference/open-model.js';
import { isForeground } from '../model/inference/prediction.js';
import { inputPixels } from '../model/inference/prepare-pair.js';
import { decodeRgb, loadSharp, openPixels, type RgbPixels } from '../pictures/pixels.js';
import { sniff } from '../pictures/sniff.js';
import type { MaskResult } from './jobs.js';

/** A mask compresses well at any level, and the fast ones take half the time of the usual one. */
const PNG_LEVEL = 2;

/**
 * The mask of one photo, at the photo's size. Throws WmsError `serve/not-an-image`, `serve/too-many-pixels`,
 * `serve/unreadable-image` (exit code 3), and what the model throws.
 */
export async function predictMask(model: OpenModel, bytes: Buffer, maxPixels: number): Promise<MaskResult> {
  const photo = await decode(bytes, maxPixels);
  const { facts, size } = model;
  const probabilities = await model.predict('the photo', inputPixels(photo, facts, size.input));
  const mask = enlargeMask(probabilities, size.output, photo, facts.output);
  const inside = whiten(mask);
  const sharp = await loadSharp();
  const { width, height } = photo;
  const png = await sharp(mask, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: PNG_LEVEL })
    .toBuffer();
  return {
    width,
    height,
    mask: png,
    score: scoreOf(probabilities, facts),
    coverage: inside / mask.length,
  };
}

/** Makes each 1 of a mask 255, and counts them. */
function whiten(mask: Uint8Array): number {
  let inside = 0;
  for (let i = 0; i < mask.length; i++) {
    const value = mask[i] as number;
    inside += value;
    mask[i] = -value;
  }
  return inside;
}

function scoreOf(probabilities: Float32Array, { output }: ModelFacts): number | null {
  let sum = 0;
  let count = 0;
  for (const value of probabilities) {
    if (!isForeground(output, value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? null : sum / count;
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
    return await decodeRgb(bytes, maxPixels);
  } catch (error) {
    const [reason] = (error as Error).message.split('\n', 1);
    const unreadable = bad('unreadable-image', `The ${content.format} file cannot be decoded: ${reason}`);
    throw (await tooManyPixels(bytes, maxPixels)) ?? unreadable;
  }
}

/** Null when there are not too many, or when not even that can be read. */
async function tooManyPixels(bytes: Buffer, maxPixels: number): Promise<WmsError | null> {
  // Without its own limit, so that the error can tell the size.
  const reading = (await openPixels(bytes, Number.MAX_SAFE_INTEGER)).metadata();
  const { width, height } = await reading.catch(() => ({ width: 0, height: 0 }));
  if (width * height <= maxPixels) return null;
  return bad(
    'too-many-pixels',
    `The photo has ${width} × ${height} pixels, more than ${maxPixels / 1e6} million`,
    'Send it smaller, or raise serve.maxMegapixels in wms.config.json.',
  );
}

function bad(kind: string, what: string, next = 'Send a PNG, JPEG, WebP or TIFF file, whole.'): WmsError {
  return new WmsError({ kind: `serve/${kind}`, code: EXIT.images, what, next });
}
