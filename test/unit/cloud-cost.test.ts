import { describe, expect, it } from 'vitest';
import { accrued, costBetween, hourlyCost } from '../../src/cloud/cost.pure.js';
import { PRICES } from '../../src/cloud/prices.pure.js';

const usual = { region: 'us-east-1', size: 't3.large', diskGb: 30 };

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
    const now = new Date('2026-11-27T12:00:00.000Z');
    expect(accrued(cost, launchedAt, now)).toBeCloseTo(2 * cost.total, 10);
    expect(accrued(cost, launchedAt, now, '2026-11-27T11:00:00.000Z')).toBeCloseTo(cost.total, 10);
    expect(accrued(cost, launchedAt, now, '2026-11-27T18:00:00.000Z')).toBeCloseTo(2 * cost.total, 10);
  });
});
