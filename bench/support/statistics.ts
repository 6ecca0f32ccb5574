export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * How many times as long as a peer that was measured in turn: the median over the rounds, so that other work on the
 * machine, which slows both of a round, counts little.
 */
export function pairedRatio(values: readonly number[], peer: readonly number[]): number {
  return median(values.map((value, round) => value / (peer[round] ?? Number.NaN)));
}
