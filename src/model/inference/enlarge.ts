import type { Size } from '../../pictures/nearest.js';
import type { ModelFacts } from './model-facts.js';
import { isForeground } from './prediction.js';

/**
 * A prediction at another size, 0 or 1 per pixel: probabilities are interpolated, then cut. Bilinear between pixel
 * centres, edges repeated, as PyTorch's `interpolate(mode="bilinear", align_corners=False)` does.
 */
export function enlargeMask(
  probabilities: Float32Array,
  from: Size,
  to: Size,
  output: ModelFacts['output'],
): Uint8Array {
  const columns = between(from.width, to.width);
  const rows = between(from.height, to.height);
  const mask = new Uint8Array(to.width * to.height);
  const blended = new Float32Array(from.width);
  for (let y = 0; y < to.height; y++) {
    const top = (rows.first[y] as number) * from.width;
    const bottom = (rows.second[y] as number) * from.width;
    const down = rows.share[y] as number;
    for (let x = 0; x < from.width; x++) {
      const upper = probabilities[top + x] as number;
      blended[x] = upper + ((probabilities[bottom + x] as number) - upper) * down;
    }
    for (let x = 0; x < to.width; x++) {
      const left = blended[columns.first[x] as number] as number;
      const right = blended[columns.second[x] as number] as number;
      const value = left + (right - left) * (columns.share[x] as number);
      mask[y * to.width + x] = isForeground(output, value) ? 1 : 0;
    }
  }
  return mask;
}

/** For each target position its two neighbours, and how much of the second one is in it. */
function between(from: number, to: number) {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    first[i] = Math.floor(at);
    second[i] = Math.min(Math.floor(at) + 1, from - 1);
    share[i] = at - Math.floor(at);
  }
  return { first, second, share };
}
