import { sessionRows } from '../describe-session.pure.js';
import { budgetText } from '../text.pure.js';
import type { CloudStatus } from './status.js';

/** What runs and costs, then what to do. */
export function describeCloudStatus(
  { session, orphans, month, budgetUsd }: CloudStatus,
  now: Date,
): string[] {
  const spent = budgetText(month, budgetUsd ?? undefined);
  const isOver = session !== null && (session.state !== 'open' || session.machine === null);
  return [
    ...(session === null ? ['  No session is open.'] : sessionRows(session, now)),
    ...orphans.map(({ kind, id, session: of }) => `  Orphan    ${kind} ${id} of the session ${of}`),
    ...(spent === null ? [] : [`  Spent     ${spent.text}${spent.isLow ? ': careful' : ''}`]),
    '',
    orphans.length > 0 || isOver
      ? '→ npx wms-stop removes what is left'
      : session === null
        ? '→ npx wms-deploy opens one'
        : '→ npx wms-deploy tells its addresses, npx wms-stop ends it',
  ];
}
