import type { Role } from '../../config/schema.js';
import { showPath } from '../../show-path.js';
import { type ImageFacts, type PairSet, pathInRepository, type Rule } from '../pair-set.js';

interface Sized {
  readonly path: string;
  readonly facts: ImageFacts;
}

/** An image and its mask are equally large, after EXIF orientation. */
export const equalSizes: Rule = {
  id: 'equal-sizes',
  title: 'Image and mask have equal sizes',
  severity: 'block',
  check(set) {
    const images = sizedByStem(set, 'images');
    const masks = sizedByStem(set, 'masks');
    return [...masks].flatMap(([stem, mask]) => {
      const image = images.get(stem);
      if (image === undefined || sameSize(image.facts, mask.facts)) return [];
      const turned = image.facts.width === mask.facts.height && image.facts.height === mask.facts.width;
      const imagePath = showPath(pathInRepository(set, 'images', image.path));
      return [
        {
          rule: equalSizes.id,
          severity: equalSizes.severity,
          path: pathInRepository(set, 'masks', mask.path),
          message: `is ${size(mask.facts)} but its image ${imagePath} is ${size(image.facts)}${
            turned ? ' as it is shown: one of them is rotated' : ''
          }`,
          fix: turned
            ? 'rotate the mask so that it lies over the photo as viewers show it'
            : 'export the mask again at the size of its image',
        },
      ];
    });
  },
};

/** New files win over what the dataset had. */
function sizedByStem(set: PairSet, role: Role): Map<string, Sized> {
  const sized = new Map<string, Sized>();
  for (const { role: found, stem, path, facts } of [...set.partners, ...set.files]) {
    if (found === role && facts !== null) sized.set(stem, { path, facts });
  }
  return sized;
}

function sameSize(a: ImageFacts, b: ImageFacts): boolean {
  return a.width === b.width && a.height === b.height;
}

function size({ width, height }: ImageFacts): string {
  return `${width} × ${height}`;
}
