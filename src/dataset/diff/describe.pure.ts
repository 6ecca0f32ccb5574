import { ROLES } from '../../config/schema.js';
import { showPath } from '../../show-path.js';
import { count, grouped } from '../../words.js';
import type { ComparedVersions } from './diff.js';
import { type ChangeKind, type DatasetDiff, KINDS, type PairDiff } from './pair-diff.pure.js';
import type { DiffSide } from './revisions.js';

const SHOWN_PER_KIND = 15;

/** For people: counts first, then one line per pair. */
export function describeDiff({ sides, diff }: ComparedVersions): string[] {
  const heading = `${describeSide(sides.from)} → ${describeSide(sides.to)}`;
  if (diff === null) {
    return [heading, 'The same version of the dataset.', '→ Versions to compare: npx wms data log'];
  }
  const groups = [
    ...KINDS.map((kind) => ({ title: kind as string, lines: linesOf(diff.pairs, kind) })),
    { title: 'alone', lines: diff.unpaired.map(describeUnpaired) },
  ].filter(({ lines }) => lines.length > 0);
  const shown = groups.flatMap(({ title, lines }) => {
    const rest = lines.length - SHOWN_PER_KIND;
    const some = lines.slice(0, SHOWN_PER_KIND).map((line) => `  ${title.padEnd(8)}  ${line}`);
    return rest > 0 ? [...some, `  ${title.padEnd(8)}  … and ${grouped(rest)} more`] : some;
  });
  const isCut = groups.some(({ lines }) => lines.length > SHOWN_PER_KIND);
  return [
    heading,
    `${grouped(diff.total.before)} → ${count(diff.total.after, 'pair')}: ${changesWords(diff)}.`,
    ...(shown.length > 0 ? ['', ...shown] : []),
    ...(isCut ? ['→ All of them: the same command with --json'] : []),
  ];
}

/** `2 added, 1 replaced (1 mask)` */
function changesWords(diff: DatasetDiff): string {
  const parts = KINDS.flatMap((kind) => {
    const many = countOf(diff, kind);
    if (many === 0) return [];
    return `${grouped(many)} ${kind}${kind === 'replaced' ? replacedParts(diff) : ''}`;
  });
  const files = diff.unpaired.reduce((sum, pair) => sum + pair.files.length, 0);
  if (files > 0) parts.push(`${count(files, 'file')} without a partner changed`);
  return parts.length > 0 ? parts.join(', ') : 'no pair changed';
}

export function countOf({ pairs }: DatasetDiff, kind: ChangeKind): number {
  return pairs.reduce((sum, { change }) => sum + Number(change === kind), 0);
}

/** `image`, `mask`, or `image and mask`: which halves of a pair changed. */
function changedParts({ files }: PairDiff): string {
  const parts = ROLES.filter((role) => files.some((file) => file.role === role));
  return parts.map((role) => (role === 'images' ? 'image' : 'mask')).join(' and ');
}

/** Null when the name says it all. */
export function noteOf(pair: PairDiff): string | null {
  const parts = changedParts(pair);
  if (pair.change === 'replaced') return parts;
  if (pair.change === 'renamed' || parts === 'image and mask') return null;
  return pair.change === 'added' ? `its ${parts} came` : `its ${parts} went`;
}

/** `old → new` for what was renamed. */
export function nameOf({ pair, renamedFrom, files }: PairDiff): string {
  if (renamedFrom === null) return showPath(pair);
  if (renamedFrom !== pair) return `${showPath(renamedFrom)} → ${showPath(pair)}`;
  const paths = (version: 'before' | 'after') =>
    files.filter((file) => file[version] !== null).map(({ path }) => showPath(path));
  return `${paths('before').join(', ')} → ${paths('after').join(', ')}`;
}

function describeSide({ revision, commit }: DiffSide): string {
  const short = commit.slice(0, 10);
  return commit.startsWith(revision) ? short : `${revision} (${short})`;
}

function linesOf(pairs: readonly PairDiff[], kind: ChangeKind): string[] {
  return pairs
    .filter(({ change }) => change === kind)
    .map((pair) => {
      const note = noteOf(pair);
      return note === null ? nameOf(pair) : `${nameOf(pair)}  (${note})`;
    });
}

/** Its partner's absence is the news: whole paths say which half there is. */
export function describeUnpaired({ files, change }: PairDiff): string {
  return `${files.map(({ role, path }) => `${role}/${showPath(path)}`).join(', ')}  (${change})`;
}

function replacedParts({ pairs }: DatasetDiff): string {
  const parts = ROLES.flatMap((role) => {
    const many = pairs.reduce(
      (sum, { change, files }) =>
        sum + Number(change === 'replaced' && files.some((file) => file.role === role)),
      0,
    );
    return many === 0 ? [] : count(many, role === 'images' ? 'image' : 'mask');
  });
  return ` (${parts.join(', ')})`;
}
