import { EXIT, WmsError } from '../../errors.js';
import type { PairConflict } from '../pair-merge.js';
import type { FileChange, Side } from '../three-way.js';

const SHOWN = 20;

/** What a side did to a file since the common ancestor. */
export type Deed = 'added' | 'changed' | 'deleted' | 'kept';

export function deedOf(file: FileChange, side: Side): Deed {
  if (file[side] === file.base) return 'kept';
  if (file.base === null) return 'added';
  return file[side] === null ? 'deleted' : 'changed';
}

/** One line for a file: `meter_1.png: ours changed it, theirs deleted it`. */
function describeFile(file: FileChange): string {
  const did = (side: Side) => {
    if (file.base === null && file[side] === null) return `${side} does not have it`;
    return `${side} ${deedOf(file, side)} it`;
  };
  return `${file.relpath}: ${did('ours')}, ${did('theirs')}`;
}

/** Lines for a pair: its name, then its files. */
function describePair({ stem, files }: PairConflict): string {
  const lines = files.map((file) => `  ${file.role === 'images' ? 'image' : 'mask'} ${describeFile(file)}`);
  return [stem, ...lines].join('\n');
}

/** Conflicts of one pointer, which Git merges by itself. */
export function pointerConflict(pointer: string, files: readonly FileChange[]): WmsError {
  const count = files.length === 1 ? 'one file' : `${files.length} files`;
  return new WmsError({
    kind: 'merge/conflict',
    code: EXIT.conflict,
    what:
      files.length === 0
        ? `${pointer}: both sides changed other lines than md5, size and nfiles.`
        : `${pointer}: both sides changed ${count}, each in its own way.`,
    why: some(files.map(describeFile)),
    next: MERGE_BY_HAND,
  });
}

/** What `wms data merge` leaves to a person. */
export class DataMergeConflict extends WmsError {
  constructor(
    readonly pairs: readonly PairConflict[],
    /** Pointers of which both sides changed other lines. */
    readonly pointers: readonly string[],
    /** The commits that the sides come from, for people. */
    readonly sides: Readonly<Record<Side, string>>,
  ) {
    const count = pairs.length === 1 ? 'one pair' : `${pairs.length} pairs`;
    super({
      kind: 'merge/conflict',
      code: EXIT.conflict,
      what: `Both sides changed ${pairs.length === 0 ? 'the pointers themselves' : count}, each in its own way.`,
      why: [
        `ours: ${sides.ours}`,
        `theirs: ${sides.theirs}`,
        some(pairs.map(describePair)),
        ...pointers.map((pointer) => `${pointer}: other lines than md5, size and nfiles`),
      ]
        .filter((text) => text !== '')
        .join('\n'),
      next: 'Take one side for all of them: npx wms data merge --take ours (or: --take theirs)',
    });
  }
}

export const MERGE_BY_HAND = 'npx wms data merge';

function some(lines: readonly string[]): string {
  const rest = lines.length - SHOWN;
  return [
    ...lines.slice(0, SHOWN),
    ...(rest > 0 ? [`and ${rest} more: npx wms data merge --json`] : []),
  ].join('\n');
}
