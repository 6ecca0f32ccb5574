import { pairedRatio, quantile } from './statistics.js';

/** Prints rows in columns: the first to the left, numbers to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  for (const row of [head, widths.map((width) => '-'.repeat(width)), ...rows]) console.log(line(row));
  console.log();
}

/** Prints milliseconds of runs that alternated, against those of one of them. */
export function printTimes(times: ReadonlyMap<string, readonly number[]>, peer: string): void {
  const base = times.get(peer) ?? [];
  printTable(
    ['', 'runs', 'median ms', '10 %', '90 %', `× ${peer}`],
    [...times].map(([label, all]) => [
      label,
      String(all.length),
      ...[0.5, 0.1, 0.9].map((share) => quantile(all, share).toFixed(0)),
      pairedRatio(all, base).toFixed(2),
    ]),
  );
}

export function heading(title: string, about: string): void {
  console.log(`## ${title}\n\n${about}\n`);
}

/** Prints a check that decides about success: counts and bytes, never times. */
export function check(claim: string, holds: boolean): void {
  console.log(`${holds ? '✔' : '✖'} ${claim}`);
  if (!holds) process.exitCode = 1;
}
