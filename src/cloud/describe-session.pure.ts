import type { SessionFacts } from './facts.js';
import { span, usd, when } from './text.pure.js';

const row = (title: string, text: string): string => `  ${title.padEnd(9)} ${text}`;

/** Where everything is, until when, what it costs, and how it ends: the last thing that `wms-deploy` prints. */
export function describeSession(facts: SessionFacts, now: Date): string[] {
  const { session, deadline, urls, needsTunnel } = facts;
  return [
    `Session ${session} is open until ${when(deadline)}, ${span(now, deadline)} from now.`,
    ...(urls.mlflow === null ? [] : [row('MLflow', urls.mlflow)]),
    ...(urls.api === null ? [] : [row('Model API', urls.api), row('API docs', urls.docs ?? '')]),
    ...(needsTunnel ? [row('Reach it', 'npx wms cloud connect opens a tunnel to these addresses')] : []),
    row('Cost', costText(facts)),
    row('Longer', 'npx wms-deploy --extend 2'),
    row('Stop', 'npx wms-stop'),
  ];
}

function costText({ engine, cost, size, region }: SessionFacts): string {
  if (engine === 'local') return 'nothing: it runs on this computer';
  if (cost === null) return `not known: the price list has no ${size} in ${region}`;
  const { soFar, untilDeadline, pricesAsOf } = cost;
  return `${usd(untilDeadline)} by then, ${usd(soFar)} so far (list price as of ${pricesAsOf})`;
}

/** Who and what, for `wms-stop` and `wms cloud status`. */
export function sessionRows(facts: SessionFacts, now: Date): string[] {
  const { session, state, openedBy, openedAt, deadline, region, size, machine, leases, engine } = facts;
  const place = engine === 'local' ? 'this computer' : `${size} in ${region}`;
  const isOver = now >= new Date(deadline);
  return [
    row('Session', `${session} · ${state}, opened by ${openedBy}, ${when(openedAt)}`),
    row(
      'Machine',
      machine === null ? 'none runs' : `${machine.id} · ${place}, ${span(machine.launchedAt, now)}`,
    ),
    row('Deadline', `${when(deadline)}${isOver ? ', over' : `, in ${span(now, deadline)}`}`),
    row('Cost', costText(facts)),
    ...leases.map(({ who, what, since }, at) =>
      row(at === 0 ? 'In use' : '', `${who}: ${what} (since ${when(since)})`),
    ),
  ];
}
