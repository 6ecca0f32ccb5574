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
  const starts = startsOf(columns.first, from.width);
  const sides = Array.from({ length: from.height }, (_, y) =>
    sideOf(probabilities.subarray(y * from.width, (y + 1) * from.width), output),
  );
  const mask = new Uint8Array(to.width * to.height);
  const blended = new Float32Array(from.width);
  for (let y = 0; y < to.height; y++) {
    const [first, second] = [rows.first[y] as number, rows.second[y] as number];
    const side = sides[first] === sides[second] ? sides[first] : 'both';
    if (side === 'outside') continue;
    const row = mask.subarray(y * to.width, (y + 1) * to.width);
    if (side === 'inside') {
      row.fill(1);
      continue;
    }
    const [top, bottom] = [first * from.width, second * from.width];
    const down = rows.share[y] as number;
    for (let x = 0; x < from.width; x++) {
      const upper = probabilities[top + x] as number;
      blended[x] = upper + ((probabilities[bottom + x] as number) - upper) * down;
    }
    cutRow(blended, columns, starts, output, row);
  }
  return mask;
}

/** Between values on the same side of the threshold all are on that side: most rows and pixels need no arithmetic. */
function sideOf(values: Float32Array, output: ModelFacts['output']): 'inside' | 'outside' | 'both' {
  const side = isForeground(output, values[0] as number);
  for (const value of values) if (isForeground(output, value) !== side) return 'both';
  return side ? 'inside' : 'outside';
}

function cutRow(
  values: Float32Array,
  { share }: Neighbours,
  starts: Int32Array,
  output: ModelFacts['output'],
  row: Uint8Array,
): void {
  const last = values.length - 1;
  let isInside = isForeground(output, values[0] as number);
  for (let cell = 0; cell <= last; cell++) {
    const [start, end] = [starts[cell] as number, starts[cell + 1] as number];
    const left = values[cell] as number;
    const right = values[Math.min(cell + 1, last)] as number;
    const wasInside = isInside;
    isInside = isForeground(output, right);
    if (wasInside && isInside) row.fill(1, start, end);
    if (wasInside === isInside) continue;
    for (let x = start; x < end; x++) {
      if (isForeground(output, left + (right - left) * (share[x] as number))) row[x] = 1;
    }
  }
}

interface Neighbours {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
}

/** Where the targets of each source position begin, and at its end how many there are. */
function startsOf(first: Int32Array, from: number): Int32Array {
  const starts = new Int32Array(from + 1).fill(first.length);
  for (let x = first.length - 1; x >= 0; x--) starts[first[x] as number] = x;
  for (let cell = from - 1; cell >= 0; cell--)
    starts[cell] = Math.min(starts[cell] as number, starts[cell + 1] as number);
  return starts;
}

/** For each target position its two neighbours, and how much of the second one is in it. */
function between(from: number, to: number): Neighbours {
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
