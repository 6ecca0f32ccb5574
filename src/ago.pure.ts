import { count } from './words.js';

const UNITS = [
  { seconds: 86_400, noun: 'day' },
  { seconds: 3600, noun: 'hour' },
  { seconds: 60, noun: 'minute' },
];

/** `3 hours ago`. `when` is an ISO date. */
export function ago(when: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(when)) / 1000;
  const unit = UNITS.find((each) => seconds >= each.seconds);
  if (unit === undefined) return 'just now';
  return `${count(Math.floor(seconds / unit.seconds), unit.noun)} ago`;
}
