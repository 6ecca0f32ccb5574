/** Overlap of one predicted mask with its true mask. Both lie in 0…1. */
export interface Overlap {
  readonly dice: number;
  readonly iou: number;
}

/** Keeps an empty prediction of an empty mask at 1 instead of 0/0; the first users' trainer has the same value. */
const SMOOTH = 1e-6;

/**
 * Dice and IoU of one image, from pixel counts (TP, FP, FN):
 *
 *     dice = (2·TP + s) / (2·TP + FP + FN + s)
 *     iou  = (TP + s) / (TP + FP + FN + s)          s = 1e-6
 *
 * Sources: Dice 1945 and Jaccard 1912; per image, to be averaged over images (never pooled over all pixels).
 *
 * @param prediction one value per pixel, non-zero is foreground; any order that `mask` shares
 * @param mask same length
 * @throws RangeError when the lengths differ
 */
export function overlap(prediction: Uint8Array, mask: Uint8Array): Overlap {
  if (prediction.length !== mask.length) {
    throw new RangeError(`prediction has ${prediction.length} pixels, its mask ${mask.length}`);
  }
  let both = 0;
  let predicted = 0;
  let labelled = 0;
  for (let i = 0; i < mask.length; i++) {
    const p = prediction[i] !== 0 ? 1 : 0;
    const m = mask[i] !== 0 ? 1 : 0;
    both += p & m;
    predicted += p;
    labelled += m;
  }
  return {
    dice: (2 * both + SMOOTH) / (predicted + labelled + SMOOTH),
    iou: (both + SMOOTH) / (predicted + labelled - both + SMOOTH),
  };
}

/** Arithmetic mean. @throws RangeError for no values */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('mean of no values');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Middle value; the mean of the two middle ones for an even count. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('median of no values');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
