import type { MonthCost } from './cost.pure.js';

const WHEN = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** `30 Nov, 14:15 GMT+1`, where the person is. */
export function when(iso: string | Date): string {
  return WHEN.format(new Date(iso));
}

/** `1 h 12 min`, `40 min`; not less than nothing. */
export function span(from: string | Date, to: string | Date): string {
  const minutes = Math.max(0, Math.round((new Date(to).getTime() - new Date(from).getTime()) / 60_000));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** `$0.37` */
export function usd(amount: number, digits = 2): string {
  return `$${amount.toFixed(digits)}`;
}

const WARN_FROM = 0.8;

export interface Budget {
  readonly text: string;
  /** From 80 % on. */
  readonly isLow: boolean;
}

/** What the month has cost so far; null for no ledger worth telling of. */
export function budgetText({ usd: spent, unpriced }: MonthCost, budget: number | undefined): Budget | null {
  if (spent === 0 && unpriced === 0 && budget === undefined) return null;
  const of = budget === undefined ? '' : ` of ${usd(budget)} (${Math.round((spent / budget) * 100)} %)`;
  const rest = unpriced === 0 ? '' : `, without ${unpriced} that the price list does not know`;
  return {
    text: `${usd(spent)}${of} this month${rest}`,
    isLow: budget !== undefined && spent >= budget * WARN_FROM,
  };
}
