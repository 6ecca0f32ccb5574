import { span, usd } from '../text.pure.js';
import type { Stopped } from './stop.js';

/** The outcome, for people. */
export function describeStop({ session, machine, cost, left }: Stopped, now: Date): string[] {
  if (left.length > 0) {
    const rows = left.map(({ thing, reason }) => `  ${thing.kind} ${thing.id}: ${reason}`);
    return ['Not everything could be removed, and it may cost:', ...rows, '→ npx wms-stop'];
  }
  if (session === null) return ['No session is open, and nothing of an earlier one is left.'];
  const ran = machine === null ? 'Its machine had ended before' : `It ran ${span(machine.launchedAt, now)}`;
  const price = cost === null || cost === 0 ? '' : `, ${usd(cost)} at list price`;
  return [`Session ${session} is closed. ${ran}${price}. Nothing of it is left.`];
}
