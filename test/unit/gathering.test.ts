import { describe, expect, it } from 'vitest';
import { Gathering } from '../../src/gathering.js';
import type { ThreadPool } from '../../src/ports/thread-pool.js';

const { signal } = new AbortController();

/** Doubles numbers, and notes how many came together and what memory was given away with them. */
function doubling() {
  const sizes: number[] = [];
  const given: ArrayBuffer[] = [];
  const threads: ThreadPool<readonly number[], readonly number[]> = {
    ready: 1,
    async run(jobs, stop, transfer = []) {
      stop.throwIfAborted();
      sizes.push(jobs.length);
      given.push(...transfer);
      if (jobs.includes(13)) throw new Error('thirteen');
      return jobs.map((job) => job * 2);
    },
    close: async () => undefined,
  };
  return { sizes, given, gathering: new Gathering<number, number>(threads) };
}

describe('Gathering', () => {
  it('answers each job, and sends them together', async () => {
    const { sizes, gathering } = doubling();
    const jobs = Array.from({ length: 30 }, (_, index) => 100 + index);
    expect(await Promise.all(jobs.map((job) => gathering.run(job, signal)))).toEqual(
      jobs.map((job) => 2 * job),
    );
    expect(sizes).toEqual([12, 12, 6]);
  });

  it('does not let one job wait for others', async () => {
    const { gathering } = doubling();
    expect(await gathering.run(4, signal)).toBe(8);
    expect(await gathering.run(5, signal)).toBe(10);
  });

  it('gives the memory of all away', async () => {
    const { given, gathering } = doubling();
    const memory = [new ArrayBuffer(1), new ArrayBuffer(2), new ArrayBuffer(3)];
    await Promise.all(memory.map((one, index) => gathering.run(index, signal, [one])));
    expect(given).toEqual(memory);
  });

  it('fails those that went with the one that failed, and no others', async () => {
    const { gathering } = doubling();
    const first = await Promise.allSettled([12, 13].map((job) => gathering.run(job, signal)));
    expect(first).toMatchObject([
      { status: 'rejected', reason: new Error('thirteen') },
      { status: 'rejected', reason: new Error('thirteen') },
    ]);
    expect(await gathering.run(14, signal)).toBe(28);
  });

  it('ends with the reason of the signal', async () => {
    const { gathering } = doubling();
    const stop = new AbortController();
    const running = gathering.run(1, stop.signal);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});
