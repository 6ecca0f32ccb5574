import type { Rule } from '../pair-set.js';
import { conflictingDuplicates } from './conflicting-duplicates.js';
import { decodable } from './decodable.js';
import { emptyMask } from './empty-mask.js';
import { equalSizes } from './equal-sizes.js';
import { extension } from './extension.js';
import { maskValues } from './mask-values.js';
import { onePerStem } from './one-per-stem.js';
import { paired } from './paired.js';
import { repeatedPairs } from './repeated-pairs.js';
import { supportedType } from './supported-type.js';

/** In the order in which a person should read the problems of one file. */
export const RULES: readonly Rule[] = [
  supportedType,
  decodable,
  onePerStem,
  paired,
  equalSizes,
  maskValues,
  conflictingDuplicates,
  extension,
  emptyMask,
  repeatedPairs,
];
