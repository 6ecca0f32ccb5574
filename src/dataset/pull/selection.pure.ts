import { createHash } from 'node:crypto';
import { stemOf } from '../../stem.js';
import type { Manifest } from '../manifest.js';
import type { DatasetManifests } from '../merge-plan.js';

export interface Selection {
  /** Whether a relative path is wanted. A pair is taken whole when its image or its mask is. */
  readonly only?: ((relpath: string) => boolean) | undefined;
  /** That many pairs, chosen by the seed alone; all when there are fewer. */
  readonly sample?: { readonly count: number; readonly seed: string } | undefined;
}

/** The part of a version that is wanted. */
export function selectFiles(dataset: DatasetManifests, { only, sample }: Selection): DatasetManifests {
  let chosen = dataset;
  if (only !== undefined) {
    const stems = new Set<string>();
    for (const manifest of [dataset.images, dataset.masks]) {
      for (const { relpath } of manifest) if (only(relpath)) stems.add(stemOf(relpath));
    }
    chosen = withStems(chosen, stems);
  }
  if (sample !== undefined) chosen = withStems(chosen, sampleStems(pairedStems(chosen), sample));
  return chosen;
}

function pairedStems({ images, masks }: DatasetManifests): string[] {
  const ofMasks = new Set(masks.map(({ relpath }) => stemOf(relpath)));
  return [...new Set(images.map(({ relpath }) => stemOf(relpath)))].filter((stem) => ofMasks.has(stem));
}

/**
 * Every pair has a rank that depends on nothing but its name and the seed: a dataset that grows by a tenth changes
 * about a tenth of the sample, not all of it.
 */
function sampleStems(
  stems: readonly string[],
  { count, seed }: NonNullable<Selection['sample']>,
): Set<string> {
  const rank = (stem: string) => createHash('md5').update(`${seed}\0${stem}`).digest('hex');
  const ranked = stems.map((stem) => ({ stem, rank: rank(stem) }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return new Set(ranked.slice(0, count).map(({ stem }) => stem));
}

function withStems({ images, masks }: DatasetManifests, stems: ReadonlySet<string>): DatasetManifests {
  const part = (manifest: Manifest) => manifest.filter(({ relpath }) => stems.has(stemOf(relpath)));
  return { images: part(images), masks: part(masks) };
}
