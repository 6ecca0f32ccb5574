import { showPath } from '../../show-path.js';
import type { Verdict } from '../verdict.js';
import { countsLine, disagreements, headlineOf, opponentOf, passes, scoreRows } from './table.pure.js';

/** For a terminal; the outcome comes last. */
export function describeVerdict(verdict: Verdict): string[] {
  const worst = verdict.comparison?.worst ?? [];
  return [
    ...table(verdict),
    ...(worst.length === 0
      ? []
      : [
          '',
          '  Got worst (Dice)',
          ...worst.map(({ name, before, after }) => {
            return `    ${before.toFixed(2)} → ${after.toFixed(2)}  ${showPath(name)}`;
          }),
        ]),
    ...disagreements(verdict).flatMap((note) => ['', `  ⚠ ${note}`]),
    ...(verdict.candidate === null ? [] : ['']),
    `${passes(verdict) ? '✔' : '✖'} ${headlineOf(verdict)}.`,
    ...verdict.reasons.map((reason) => `  ${reason}`),
    ...(verdict.next === null ? [] : verdict.next.split('\n').map((line) => `→ ${line}`)),
  ];
}

function table(verdict: Verdict): string[] {
  const rows = scoreRows(verdict);
  if (rows.length === 0) return [];
  const head =
    verdict.baseline === null
      ? ['', 'candidate']
      : ['', opponentOf(verdict), 'candidate', 'difference', '90 % interval'];
  const cells = rows.map(({ metric, baseline, candidate, difference, interval }) =>
    verdict.baseline === null ? [metric, candidate] : [metric, baseline, candidate, difference, interval],
  );
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ')}`.trimEnd();
  return [line(head), ...cells.map(line), `  ${countsLine(verdict)}; native size decides`];
}
