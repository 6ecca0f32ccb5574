import { stemOf } from '../stem.js';
import { type DatasetFile, foldStem, type PairSet } from './pair-set.js';

/**
 * The same set with only those files of the dataset that a rule could compare the new ones with: names that are the
 * same but for spelling, images with the same bytes, and those images' masks. One pass over the names, so that
 * every rule costs what the push costs, whatever the size of the dataset.
 */
export function neighbourhood(set: PairSet): PairSet {
  const stems = new Set(set.files.map(({ stem }) => foldStem(stem)));
  const isNear = ({ relpath }: DatasetFile) => stems.has(foldStem(stemOf(relpath)));
  const bytes = new Set(set.merged.images.filter(isNear).map(({ md5 }) => md5));
  const images = set.merged.images.filter(({ md5 }) => bytes.has(md5));
  for (const { relpath } of images) stems.add(foldStem(stemOf(relpath)));
  return {
    ...set,
    merged: {
      images,
      masks: set.merged.masks.filter(isNear),
    },
  };
}
