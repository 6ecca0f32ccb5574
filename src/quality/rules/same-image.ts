import { showPath } from '../../show-path.js';
import { stemOf } from '../../stem.js';
import { type DatasetFile, type PairSet, type Problem, pathInRepository, type Rule } from '../pair-set.js';

interface Wording {
  /** What the twin's mask is, for the message. */
  readonly mask: string;
  readonly fix: (twin: string) => string;
}

/**
 * Problems for images of this push (there by themselves or by their mask) whose bytes another image has too, and
 * whose masks compare as `wanted` says. Images without a mask are `paired`'s business.
 */
export function sameImage(
  set: PairSet,
  rule: Pick<Rule, 'id' | 'severity'>,
  wanted: (mask: string, twinsMask: string) => boolean,
  { mask, fix }: Wording,
): Problem[] {
  const fresh = new Set(set.files.map((file) => file.stem));
  const isFresh = ({ relpath }: DatasetFile) => fresh.has(stemOf(relpath));
  const masks = new Map(set.merged.masks.map((file) => [stemOf(file.relpath), file.md5]));
  const clash = (a: DatasetFile, b: DatasetFile) => {
    const [mine, other] = [masks.get(stemOf(a.relpath)), masks.get(stemOf(b.relpath))];
    return mine !== undefined && other !== undefined && wanted(mine, other);
  };
  return sameBytes(set.merged.images, isFresh).flatMap((twins) =>
    twins.filter(isFresh).flatMap((image) => {
      // Two fresh twins are one problem, told at the later one.
      const twin = twins.find(
        (other) =>
          other !== image && clash(image, other) && (!isFresh(other) || other.relpath < image.relpath),
      );
      if (twin === undefined) return [];
      const shown = showPath(pathInRepository(set, 'images', twin.relpath));
      return [
        {
          rule: rule.id,
          severity: rule.severity,
          path: pathInRepository(set, 'images', image.relpath),
          message: `is the same picture as ${shown}, with ${mask} mask`,
          fix: fix(shown),
        },
      ];
    }),
  );
}

/** Groups of two or more images with equal bytes, at least one of them fresh. */
function sameBytes(
  images: readonly DatasetFile[],
  isFresh: (image: DatasetFile) => boolean,
): DatasetFile[][] {
  const wanted = new Set(images.filter(isFresh).map(({ md5 }) => md5));
  const groups = new Map<string, DatasetFile[]>();
  for (const image of images) {
    if (!wanted.has(image.md5)) continue;
    const group = groups.get(image.md5);
    if (group === undefined) groups.set(image.md5, [image]);
    else group.push(image);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
