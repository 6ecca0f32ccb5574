import { ROLES } from '../../config/schema.js';
import { compareCodePoints } from '../code-points.js';
import type { DatasetManifests } from '../merge-plan.js';
import { countPairs } from '../pairs.js';
import { findRenames, type Rename } from './renames.pure.js';
import { changedStems, type FileDiff, type Halves, type StemChange } from './stem-changes.pure.js';

export const KINDS = ['added', 'replaced', 'removed', 'renamed'] as const;
export type ChangeKind = (typeof KINDS)[number];

export interface PairDiff {
  /** Path without extension, as it is after the change; of what was removed, as it was before. */
  readonly pair: string;
  readonly change: ChangeKind;
  /** Null unless `renamed`. Equal to `pair` when only an extension changed. */
  readonly renamedFrom: string | null;
  /** Images first. What is not listed is the same in both versions. */
  readonly files: readonly FileDiff[];
}

export interface DatasetDiff {
  /** Pairs in each version. */
  readonly total: { readonly before: number; readonly after: number };
  /** In order of name. A pair that becomes complete is added; one that loses a half is removed. */
  readonly pairs: readonly PairDiff[];
  /** Changes of files that have a partner neither before nor after. */
  readonly unpaired: readonly PairDiff[];
}

interface Found {
  readonly diff: PairDiff;
  readonly isPaired: boolean;
}

/** What makes `after` of `before`. */
export function diffDatasets(before: DatasetManifests, after: DatasetManifests): DatasetDiff {
  const stems = changedStems(before, after);
  const { renamed, rest } = findRenames(stems);
  const found = [...renamed.map(ofRename), ...rest.map(ofStem)].sort((a, b) =>
    compareCodePoints(a.diff.pair, b.diff.pair),
  );
  const existing = countPairs(before.images, before.masks);
  const change = stems.reduce(
    (sum, stem) => sum + Number(isPair(stem.after)) - Number(isPair(stem.before)),
    0,
  );
  return {
    total: { before: existing, after: existing + change },
    pairs: found.filter(({ isPaired }) => isPaired).map(({ diff }) => diff),
    unpaired: found.filter(({ isPaired }) => !isPaired).map(({ diff }) => diff),
  };
}

function ofRename({ from, to }: Rename): Found {
  const files = from === to ? to.files : [...from.files, ...to.files];
  return {
    diff: { pair: to.stem, change: 'renamed', renamedFrom: from.stem, files: imagesFirst(files) },
    isPaired: isPair(to.after),
  };
}

function ofStem({ stem, files, before, after }: StemChange): Found {
  const isPaired = isPair(before) || isPair(after);
  const [was, is] = isPaired
    ? [isPair(before), isPair(after)]
    : [before.images || before.masks, after.images || after.masks];
  const change = was && is ? 'replaced' : is ? 'added' : 'removed';
  return { diff: { pair: stem, change, renamedFrom: null, files }, isPaired };
}

function isPair({ images, masks }: Halves): boolean {
  return images && masks;
}

function imagesFirst(files: readonly FileDiff[]): FileDiff[] {
  return ROLES.flatMap((role) => files.filter((file) => file.role === role));
}
