import type { Rule } from '../pair-set.js';
import { sameImage } from './same-image.js';

/** The same image with the same mask under two names: harmless for training, yet it counts twice. */
export const repeatedPairs: Rule = {
  id: 'repeated-pairs',
  title: 'No pair is there twice',
  severity: 'warn',
  check: (set) =>
    sameImage(set, repeatedPairs, (mask, other) => mask === other, {
      mask: 'the same',
      fix: () => 'leave out one of the two',
    }),
};
