import type { LedgerEntry } from './ledger.js';
import { PRICES } from './prices.pure.js';
import type { Session } from './session.js';

/** AWS bills disks by the month of so many hours. */
const HOURS_PER_MONTH = 730;
const HOUR_MS = 3_600_000;

/** USD per hour at list price. */
export interface HourlyCost {
  readonly machine: number;
  readonly disk: number;
  readonly address: number;
  readonly total: number;
}

type Priced = Pick<Session, 'engine' | 'region' | 'size' | 'diskGb'>;

const NOTHING: HourlyCost = { machine: 0, disk: 0, address: 0, total: 0 };

/** Null where the list has no price for the size or the region: no number is better than a wrong one. */
export function hourlyCost({ engine, region, size, diskGb }: Priced): HourlyCost | null {
  if (engine === 'local') return NOTHING;
  const machine = Object.entries(PRICES.machinePerHour).find(([name]) => name === size)?.[1];
  const isListed = PRICES.regions.some((name) => name === region);
  if (machine === undefined || !isListed) return null;
  const disk = (PRICES.diskPerGbMonth * diskGb) / HOURS_PER_MONTH;
  const address = PRICES.addressPerHour;
  return { machine, disk, address, total: machine + disk + address };
}

/** USD for the time between two moments, ISO dates or dates; 0 when the second is not after the first. */
export function costBetween({ total }: HourlyCost, from: string | Date, to: string | Date): number {
  return (total * Math.max(0, new Date(to).getTime() - new Date(from).getTime())) / HOUR_MS;
}

/** What the ledger says of one month. */
export interface MonthCost {
  /** USD at list price, from the month's first moment (UTC) until now. */
  readonly usd: number;
  /** Machines that the list has no price for are not in it. */
  readonly unpriced: number;
}

export function costOfMonth(entries: readonly LedgerEntry[], now: Date): MonthCost {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  let usd = 0;
  let unpriced = 0;
  for (const entry of entries) {
    const end = new Date(Math.min(now.getTime(), Date.parse(entry.endedAt ?? entry.deadline)));
    const begin = new Date(Math.max(first.getTime(), Date.parse(entry.launchedAt)));
    if (end <= begin) continue;
    const cost = hourlyCost(entry);
    if (cost === null) unpriced += 1;
    else usd += costBetween(cost, begin, end);
  }
  return { usd, unpriced };
}
