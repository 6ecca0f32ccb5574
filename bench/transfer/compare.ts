import { median } from '../support/statistics.js';
import { printTable } from '../support/table.js';
import type { Usage } from './measure.js';

/** What one round of a program took, by the kind of job: `PUT`, `GET`. */
type Round = Readonly<Record<string, Usage>>;

export interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  run(round: number): Promise<Round>;
}

export interface Result extends Omit<Contender, 'run'> {
  readonly rounds: readonly Round[];
}

/** Lets whole programs run in turn, in another order each round. One that fails is printed and left out. */
export async function runInTurn(contenders: readonly Contender[], rounds: number): Promise<Result[]> {
  const running = contenders.map((contender) => ({ ...contender, rounds: [] as Round[] }));
  const failed = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const first = round % running.length;
    for (const one of [...running.slice(first), ...running.slice(0, first)]) {
      if (failed.has(one.name)) continue;
      await one.run(round).then(
        (usage) => one.rounds.push(usage),
        (error: Error) => {
          failed.add(one.name);
          console.log(`${one.name}: ${error.message}`);
        },
      );
    }
  }
  return running.filter(({ name }) => !failed.has(name));
}

/**
 * Prints medians for that many files. The ratio is that of files per second to the fastest peer of the same round, so
 * that other work on the machine counts little.
 */
export function printUsage(kind: string, results: readonly Result[], files: number): void {
  const series = results.flatMap(({ rounds, ...result }) => {
    const usages = rounds.flatMap((round) => round[kind] ?? []);
    return usages.length === 0 ? [] : [{ ...result, usages }];
  });
  const secondsOf = (usages: readonly Usage[]) => usages.map(({ seconds }) => seconds);
  const peers = series.filter(({ isOurs }) => !isOurs).map(({ usages }) => secondsOf(usages));
  const rows = series.map(({ name, usages }) => {
    const of = (value: (usage: Usage) => number) => median(usages.map(value));
    return [
      name,
      (files / of(({ seconds }) => seconds)).toFixed(0),
      ((of(({ cpuSeconds }) => cpuSeconds) / files) * 1000).toFixed(2),
      of(({ maxRssMegabytes }) => maxRssMegabytes).toFixed(0),
      timesFastest(secondsOf(usages), peers).toFixed(2),
    ];
  });
  printTable([kind, 'files/s', 'CPU ms/file', 'max RSS MB', '× fastest peer'], rows);
}

/**
 * Prints what each file costs beyond the first `few`: without the start of a program, and what it learns in its first
 * second. The ratio is that of files per second to the fastest peer of the same round.
 */
export function printFurther(
  kind: string,
  results: readonly Result[],
  [few, fewKind]: readonly [number, string],
  [many, manyKind]: readonly [number, string],
): void {
  const secondsOf = ({ rounds }: Result) =>
    rounds.map((round) => (round[manyKind]?.seconds ?? Number.NaN) - (round[fewKind]?.seconds ?? Number.NaN));
  const peers = results.filter(({ isOurs }) => !isOurs).map(secondsOf);
  const rows = results.map((result) => {
    const seconds = secondsOf(result);
    return [
      result.name,
      ((many - few) / median(seconds)).toFixed(0),
      timesFastest(seconds, peers).toFixed(2),
    ];
  });
  printTable([`${kind}: from ${few} to ${many} files`, 'files/s', '× fastest peer'], rows);
}

/** Median over the rounds of the fastest peer's seconds divided by one's own. */
function timesFastest(own: readonly number[], peers: readonly (readonly number[])[]): number {
  const ratios = own.map((seconds, round) => {
    const fastest = Math.min(...peers.map((peer) => peer[round] ?? Number.NaN));
    return fastest / seconds;
  });
  return median(ratios);
}
