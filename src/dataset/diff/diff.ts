import { ObjectCache } from '../cache/cache.js';
import type { DatasetManifests } from '../merge-plan.js';
import type { DatasetTools } from '../tools.js';
import { isSameVersion, loadSides, readSides } from './load.js';
import { type DatasetDiff, diffDatasets } from './pair-diff.pure.js';
import { chooseSides, type DiffSides } from './revisions.js';

export interface ComparedVersions {
  readonly sides: DiffSides;
  /** Null when both name the same manifests: then none was read. */
  readonly diff: DatasetDiff | null;
  readonly manifests: { readonly from: DatasetManifests; readonly to: DatasetManifests };
}

const EMPTY: DatasetManifests = { images: [], masks: [] };

/**
 * Compares two versions of the dataset. Reads their manifests, at most four, and nothing else. Throws WmsError
 * `data/no-such-revision`, `data/no-dataset` (exit code 2), `data/manifest-missing` (5), and what the store throws.
 */
export async function compareVersions(
  tools: DatasetTools,
  first: string | null,
  second: string | null,
): Promise<ComparedVersions> {
  const { git, config, store } = tools;
  const sides = await chooseSides(git, config, first, second);
  const pointers = await readSides(git, config, sides);
  if (isSameVersion(pointers)) return { sides, diff: null, manifests: { from: EMPTY, to: EMPTY } };
  const step = tools.reporter.step('Manifests');
  const { from, to, read } = await loadSides(pointers, sides, new ObjectCache(tools.cache), store);
  step.done(`${read} read`);
  return { sides, diff: diffDatasets(from, to), manifests: { from, to } };
}
