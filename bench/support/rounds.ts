export interface Variant {
  readonly label: string;
  /** One run; its milliseconds. */
  readonly run: (round: number) => Promise<number>;
}

/** Runs all variants in turn, in another order each round. The milliseconds of each, by round. */
export async function inTurn(
  variants: readonly Variant[],
  rounds: number,
  warmUp: number,
): Promise<Map<string, number[]>> {
  const times = new Map(variants.map(({ label }) => [label, [] as number[]]));
  for (let round = -warmUp; round < rounds; round += 1) {
    const first = (round + warmUp) % variants.length;
    for (const { label, run } of [...variants.slice(first), ...variants.slice(0, first)]) {
      const milliseconds = await run(round);
      if (round >= 0) times.get(label)?.push(milliseconds);
    }
  }
  return times;
}
