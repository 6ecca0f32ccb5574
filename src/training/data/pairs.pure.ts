import type { DatasetManifests } from '../../dataset/merge-plan.js';
import { stemOf } from '../../stem.js';
import type { TrainingPair } from '../split/pair.js';

/** Images with their masks, in the order of the dataset, and the names of files that have no counterpart. */
export function pairUp({ images, masks }: DatasetManifests): {
  readonly pairs: TrainingPair[];
  readonly unpaired: string[];
} {
  const byStem = new Map(masks.map((mask) => [stemOf(mask.relpath), mask]));
  const used = new Set<string>();
  const pairs: TrainingPair[] = [];
  const unpaired: string[] = [];
  for (const { relpath, md5 } of images) {
    const mask = byStem.get(stemOf(relpath));
    if (mask === undefined) {
      unpaired.push(`images/${relpath}`);
      continue;
    }
    used.add(mask.relpath);
    pairs.push({ relpath, image: md5, maskPath: mask.relpath, mask: mask.md5 });
  }
  for (const { relpath } of masks) if (!used.has(relpath)) unpaired.push(`masks/${relpath}`);
  return { pairs, unpaired };
}
