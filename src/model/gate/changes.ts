import { DASHED_LINE, DOTTED_LINE, SOLID_LINE } from '../../pictures/outline.js';
import { decodePhoto, renderPhoto } from '../../pictures/photo.js';
import { enlargeMask } from '../inference/enlarge.js';
import type { OpenModel } from '../inference/open-model.js';
import { inputPixels, truthAt } from '../inference/prepare-pair.js';
import type { Overlap } from '../metrics.js';
import { decodePair } from '../scores/decode-pair.js';
import type { TestPair } from '../scores/test-pair.js';

/** At native size. */
export interface ComparedPair {
  /** Path of the image below the directory of images. */
  readonly name: string;
  readonly candidate: Overlap;
  /** Null: there is no Production model. */
  readonly baseline: Overlap | null;
}

export interface DrawnPair extends ComparedPair {
  /** Photo with outlines of its mask, of the candidate's answer and of Production's. */
  readonly jpeg: Buffer;
}

const SHOWN = 6;

/** Dice that the candidate gains on an image; without Production its Dice. */
export function gainOf({ candidate, baseline }: ComparedPair): number {
  return candidate.dice - (baseline?.dice ?? 0);
}

/** Draws the images with the largest losses, then those with the largest gains; the largest loss comes first. */
export async function drawChanges(
  models: readonly OpenModel[],
  pairs: readonly TestPair[],
  images: readonly ComparedPair[],
): Promise<DrawnPair[]> {
  const byGain = images.toSorted((a, b) => gainOf(a) - gainOf(b));
  const chosen = byGain.length <= 2 * SHOWN ? byGain : [...byGain.slice(0, SHOWN), ...byGain.slice(-SHOWN)];
  const drawn: DrawnPair[] = [];
  for (const image of chosen) {
    const pair = pairs.find(({ relpath }) => relpath === image.name);
    if (pair !== undefined) drawn.push({ ...image, jpeg: await draw(pair, models) });
  }
  return drawn;
}

const LINES = [DASHED_LINE, DOTTED_LINE];

async function draw(pair: TestPair, models: readonly OpenModel[]): Promise<Buffer> {
  const bytes = await pair.read();
  const full = await decodePair(pair.relpath, bytes);
  const photo = await decodePhoto(bytes.image);
  const truth = truthAt(photo.size, full.mask);
  const answers = await Promise.all(
    models.map(async ({ facts, size, predict }, at) => {
      const found = await predict(pair.relpath, inputPixels(full.photo, facts, size.input));
      const mask = enlargeMask(found, size.output, photo.size, facts.output);
      return { mask, line: LINES[at] ?? DOTTED_LINE };
    }),
  );
  return renderPhoto(photo, [{ mask: truth, line: SOLID_LINE }, ...answers.toReversed()]);
}
