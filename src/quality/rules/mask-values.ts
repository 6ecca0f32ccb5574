import { isLossy } from '../../pictures/foreground.js';
import { type ImageFacts, type MaskFacts, pathInRepository, type Rule } from '../pair-set.js';

/** A mask that compression blurred has next to no pixels in the middle; a photo has half of them there. */
const MOST_BETWEEN = 0.1;

/** Masks hold 0 and 1, or 0 and 255. Lossy ones hold values near 0 and 255 and are cut at 127. */
export const maskValues: Rule = {
  id: 'mask-values',
  title: 'Masks hold background and foreground only',
  severity: 'block',
  check: (set) =>
    set.files.flatMap(({ role, path, facts }) => {
      const message = facts?.mask ? complaint(facts, facts.mask) : null;
      if (message === null) return [];
      return [
        {
          rule: maskValues.id,
          severity: maskValues.severity,
          path: pathInRepository(set, role, path),
          message,
          fix: 'export the mask as 8-bit grey PNG with 0 for background and 255 for foreground, without antialiasing',
        },
      ];
    }),
};

function complaint({ format }: ImageFacts, mask: MaskFacts): string | null {
  if (mask.colour) return 'is in colour: a mask has grey values only';
  if (isLossy(format)) {
    return mask.between > MOST_BETWEEN
      ? `has ${Math.round(mask.between * 100)} % of its pixels between background and foreground: it looks like a photo`
      : null;
  }
  const rest = mask.values.filter((value) => value !== 0);
  if (mask.distinct <= 2 && rest.length <= 1 && rest.every((value) => value === 1 || value === 255))
    return null;
  const shown = mask.values.join(', ') + (mask.distinct > mask.values.length ? ', …' : '');
  return `holds ${mask.distinct === 1 ? 'the value' : `${mask.distinct} different values:`} ${shown}; allowed are 0 and 1, or 0 and 255`;
}
