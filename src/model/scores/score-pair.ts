import { enlargeMask } from '../inference/enlarge.js';
import type { OpenModel } from '../inference/open-model.js';
import { cutMask } from '../inference/prediction.js';
import { inputPixels, truthAt } from '../inference/prepare-pair.js';
import { type Overlap, overlap } from '../metrics.js';
import { decodePair } from './decode-pair.js';
import type { PairBytes } from './test-pair.js';

/** How well a model found the mask of one image. */
export interface SizedOverlap {
  /** At the size of the mask as it is, oriented: every model is measured on the same pixels. */
  readonly native: Overlap;
  /** At the size of the model's output. */
  readonly model: Overlap;
}

/** Written beside every score. */
export const CONVENTION =
  'Per image, averaged over images, smooth 1e-6. Native size: probabilities enlarged bilinearly to the oriented size of the mask, then cut at the threshold of model.json. Model size: mask reduced to the output by nearest neighbour. Foreground of masks: 127 and more; of masks of 0 and 1: 1.';

/** Shows one pair to every model; it is decoded once. Answers in the order of the models. */
export async function scorePair(
  name: string,
  pair: PairBytes,
  models: readonly OpenModel[],
): Promise<SizedOverlap[]> {
  const { photo, mask } = await decodePair(name, pair);
  const truth = truthAt(mask, mask);
  return Promise.all(
    models.map(async (model) => {
      const { facts, size } = model;
      const found = await model.predict(name, inputPixels(photo, facts, size.input));
      return {
        native: overlap(enlargeMask(found, size.output, mask, facts.output), truth),
        model: overlap(cutMask(facts.output, found), truthAt(size.output, mask)),
      };
    }),
  );
}
