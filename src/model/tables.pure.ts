import type { ModelVersion } from '../ports/registry.js';
import type { ModelComparison } from './compare.pure.js';
import type { ModelHistory } from './history.js';

const NOT_TOLD = '–';

/** Columns as wide as their widest cell, two spaces between. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (wide, row) => row.map((cell, column) => Math.max(wide[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export function describeHistory({ registry, production, versions, promotions }: ModelHistory): string[] {
  if (versions.length === 0) return [`${registry} has no model versions yet.`];
  const named = versions.map((each) => [
    each.version === production ? `${each.version} *` : each.version,
    number(each.scores?.dice),
    number(each.scores?.iou),
    each.testSplit?.slice(0, 8) ?? NOT_TOLD,
    each.trainingPairs?.toString() ?? NOT_TOLD,
    minute(each.createdAt),
    each.runId ?? NOT_TOLD,
  ]);
  const header = ['Version', 'Dice', 'IoU', 'Test split', 'Pairs', 'Registered', 'Run'];
  const changes = promotions.map(({ at, version, replaced, who, reason }) => [
    minute(at),
    version,
    replaced ?? NOT_TOLD,
    who,
    reason.split('\n')[0] ?? '',
  ]);
  return [
    `Versions of ${registry}${production === null ? '' : ' (* Production)'}`,
    ...table([header, ...named]),
    '',
    'Changes of Production, newest first',
    ...(changes.length === 0
      ? ['none yet']
      : table([['When', 'Version', 'Instead of', 'Who', 'Why'], ...changes])),
  ];
}

export function describeComparison({ versions, difference, notComparable }: ModelComparison): string[] {
  const row = (title: string, cell: (version: ModelVersion) => string, change?: number): string[] => [
    title,
    ...versions.map(cell),
    change === undefined ? '' : `${change < 0 ? '' : '+'}${change.toFixed(4)}`,
  ];
  const rows = [
    row('Version', ({ version }) => version),
    row('Dice', ({ scores }) => number(scores?.dice), difference?.dice),
    row('IoU', ({ scores }) => number(scores?.iou), difference?.iou),
    row('Test split', ({ testSplit }) => testSplit?.slice(0, 12) ?? NOT_TOLD),
    row('Trained', ({ trainedAt }) => trainedAt ?? NOT_TOLD),
    row('Pairs', ({ trainingPairs }) => trainingPairs?.toString() ?? NOT_TOLD),
    row('Data', ({ dataRevision }) => dataRevision?.slice(0, 12) ?? NOT_TOLD),
    row('Run', ({ runId }) => runId ?? NOT_TOLD),
  ];
  const verdict =
    notComparable === null
      ? []
      : [`Not comparable: ${notComparable}. The gate scores both on the same ones.`];
  return [...table(rows), ...verdict];
}

const number = (value: number | undefined): string => value?.toFixed(4) ?? NOT_TOLD;

const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');
