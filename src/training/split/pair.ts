import type { HashedPair } from '../../model/split-hash.pure.js';

/** An image with its mask, as training sees it. */
export interface TrainingPair extends HashedPair {
  /** Path of the mask below the directory of masks. */
  readonly maskPath: string;
}

/** With what the image looks like (`perceptualHash`). */
export interface SeenPair extends TrainingPair {
  readonly looks: string;
}
