import { EXIT, WmsError } from '../../errors.js';
import { count } from '../../words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Milliseconds of `30d` or `48h`. Not less than a day: publishes of ours are safe at any age, but `dvc push` and whoever
 * copies objects by hand say nothing before they push a pointer, and a large upload takes hours. Throws WmsError
 * `gc/older-than` (exit code 2).
 */
export function graceOf(text: string): number {
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  const grace = Number(count) * (unit === 'd' ? DAY_MS : HOUR_MS);
  if (unit !== undefined && grace >= DAY_MS) return grace;
  throw new WmsError({
    kind: 'gc/older-than',
    code: EXIT.usage,
    what: `--older-than ${text} cannot be used.`,
    why:
      unit === undefined
        ? 'It is a number of days or hours, like 30d or 48h.'
        : 'Objects younger than a day may belong to an upload that goes on right now.',
    next: 'npx wms data gc --older-than 30d',
  });
}

/** For people: `30 days`, `25 hours`. */
export function describeGrace(grace: number): string {
  const [many, noun] = grace % DAY_MS === 0 ? [grace / DAY_MS, 'day'] : [grace / HOUR_MS, 'hour'];
  return count(many, noun);
}
