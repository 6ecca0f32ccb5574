import { describe, expect, it } from 'vitest';
import { costBetween, costOfMonth, hourlyCost } from '../../src/cloud/cost.pure.js';
import { PRICES } from '../../src/cloud/prices.pure.js';
import { budgetText } from '../../src/cloud/text.pure.js';

const usual = { engine: 'ec2' as const, region: 'us-east-1', size: 't3.large', diskGb: 30 };

describe('list prices', () => {
  it('are not older than a year: read them again at the sources, then change the date', () => {
    const age = Date.now() - Date.parse(PRICES.asOf);
    expect(age).toBeLessThan(365 * 24 * 3_600_000);
    expect(age).toBeGreaterThan(-24 * 3_600_000);
  });

  it('double from size to size, as those of AWS do', () => {
    const { machinePerHour } = PRICES;
    for (const family of ['t3', 't3a'] as const) {
      const ratio = machinePerHour[`${family}.large`] / machinePerHour[`${family}.micro`];
      expect(ratio).toBeCloseTo(8, 5);
    }
    for (const price of Object.values(machinePerHour)) expect(price).toBeGreaterThan(0.005);
  });
});

describe('cost of a session', () => {
  it('per hour is that of machine, disk and address', () => {
    const cost = hourlyCost(usual);
    expect(cost).toMatchObject({ machine: 0.0832, address: 0.005 });
    expect(cost?.disk).toBeCloseTo(0.00329, 5);
    expect(cost?.total).toBeCloseTo(0.0915, 4);
  });

  it('is not guessed for a size or a region without a price', () => {
    expect(hourlyCost({ ...usual, size: 'p4d.24xlarge' })).toBeNull();
    expect(hourlyCost({ ...usual, size: 'toString' })).toBeNull();
    expect(hourlyCost({ ...usual, region: 'eu-central-1' })).toBeNull();
  });

  it('until the deadline, and so far', () => {
    const cost = hourlyCost(usual)!;
    const launchedAt = '2026-11-27T10:00:00.000Z';
    expect(costBetween(cost, launchedAt, '2026-11-27T14:00:00.000Z')).toBeCloseTo(0.366, 3);
    expect(costBetween(cost, '2026-11-27T14:00:00.000Z', launchedAt)).toBe(0);
  });

  it('of a month counts from its first moment, up to the end of each machine, or its deadline', () => {
    const cost = hourlyCost(usual)!;
    const entry = {
      ...usual,
      machine: 'i-1',
      session: 'one',
      openedBy: 'ana',
      launchedAt: '2026-10-31T23:00:00.000Z',
      deadline: '2026-11-01T03:00:00.000Z',
      endedAt: null,
    };
    const of = (change: object, at: string) => costOfMonth([{ ...entry, ...change }], new Date(at)).usd;
    expect(of({}, '2026-11-20T00:00:00Z')).toBeCloseTo(3 * cost.total, 10);
    expect(of({}, '2026-11-01T01:00:00Z')).toBeCloseTo(cost.total, 10);
    expect(of({ endedAt: '2026-11-01T02:00:00.000Z' }, '2026-11-20T00:00:00Z')).toBeCloseTo(
      2 * cost.total,
      10,
    );
    expect(of({ endedAt: '2026-10-31T23:30:00.000Z' }, '2026-11-20T00:00:00Z')).toBe(0);
    expect(of({ engine: 'local' }, '2026-11-20T00:00:00Z')).toBe(0);
    expect(
      costOfMonth([{ ...entry, size: 'p5.huge' }, entry], new Date('2026-11-20T00:00:00Z')),
    ).toMatchObject({
      unpriced: 1,
    });
  });
});

describe('what a month has cost', () => {
  it('is told against the budget, with a warning from 80 % on', () => {
    const of = (usd: number, budget?: number) => budgetText({ usd, unpriced: 0 }, budget);
    expect(of(0)).toBeNull();
    expect(of(3)).toEqual({ text: '$3.00 this month', isLow: false });
    expect(of(7.99, 10)).toEqual({ text: '$7.99 of $10.00 (80 %) this month', isLow: false });
    expect(of(8, 10)).toEqual({ text: '$8.00 of $10.00 (80 %) this month', isLow: true });
    expect(budgetText({ usd: 1, unpriced: 2 }, 10)?.text).toContain(
      'without 2 that the price list does not know',
    );
  });
});
