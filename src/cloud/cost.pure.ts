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

type Priced = Pick<Session, 'region' | 'size' | 'diskGb'>;

/** Null where the list has no price for the size or the region: no number is better than a wrong one. */
export function hourlyCost({ region, size, diskGb }: Priced): HourlyCost | null {
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

/** USD of a machine so far: from the moment at which EC2 launched it, at the latest until now. */
export function accrued(cost: HourlyCost, launchedAt: string, now: Date, endedAt?: string): number {
  const end = endedAt === undefined ? now : new Date(Math.min(now.getTime(), Date.parse(endedAt)));
  return costBetween(cost, launchedAt, end);
}
