import type { Rule } from '../pair-set.js';
import { sameImage } from './same-image.js';

/** The same image under two names must not teach two different masks. */
export const conflictingDuplicates: Rule = {
  id: 'conflicting-duplicates',
  title: 'The same image never has two different masks',
  severity: 'block',
  check: (set) =>
    sameImage(set, conflictingDuplicates, (mask, other) => mask !== other, {
      mask: 'a different',
      fix: (twin) => `leave out one of the two; to correct a mask, change the mask of ${twin}`,
    }),
};
