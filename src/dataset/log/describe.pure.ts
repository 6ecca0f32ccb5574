import { showPath } from '../../show-path.js';
import { count, grouped } from '../../words.js';
import type { DatasetLog, LoggedVersion } from './log.js';

/** For people: one line per version, in columns. */
export function describeLog({ revision, commit, versions, hasMore, isShallow }: DatasetLog): string[] {
  const rows = versions.map((version) => [
    version.commit.slice(0, 10),
    timeOf(version.authoredAt),
    pairsOf(version),
    changesOf(version),
    version.dataBranch ?? '–',
    showPath(version.author.name),
    modelOf(version),
  ]);
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    `The dataset in ${revision} (${commit.slice(0, 10)}), newest first, times in UTC.`,
    '',
    ...lines,
    ...(hasMore ? [`… and older ones: --limit ${versions.length * 2}`] : []),
    ...(isShallow ? ['… and what this shallow clone does not have: git fetch --unshallow'] : []),
  ];
}

function timeOf(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

function pairsOf({ pairs, countedFrom }: LoggedVersion): string {
  if (pairs === null) return '? pairs';
  return `${countedFrom === 'pointers' && pairs > 0 ? '≤ ' : ''}${count(pairs, 'pair')}`;
}

function changesOf({ changes, isMerge, problem }: LoggedVersion): string {
  if (problem !== null) return 'unreadable';
  if (isMerge) return 'merge';
  if (changes === null) return '?';
  const parts = [
    ...(changes.new > 0 ? [`+${grouped(changes.new)}`] : []),
    ...(changes.replaced > 0 ? [`~${grouped(changes.replaced)}`] : []),
    ...(changes.removed > 0 ? [`−${grouped(changes.removed)}`] : []),
    ...(changes.renamed > 0 ? [`→${grouped(changes.renamed)}`] : []),
  ];
  return parts.length > 0 ? parts.join(' ') : 'no pair';
}

function modelOf({ model }: LoggedVersion): string {
  if (model === null) return '';
  const { version, dice, iou } = model;
  const name = showPath(/^\d/.test(version) ? `v${version}` : version);
  return dice === null || iou === null
    ? `model ${name}`
    : `model ${name} · Dice ${dice.toFixed(3)}, IoU ${iou.toFixed(3)}`;
}
