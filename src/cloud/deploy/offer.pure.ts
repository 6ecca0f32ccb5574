import { costBetween, hourlyCost } from '../cost.pure.js';
import { PRICES } from '../prices.pure.js';
import type { NewSession } from '../session-rules.pure.js';
import { span, usd, when } from '../text.pure.js';

type Offered = Pick<NewSession, 'engine' | 'region' | 'size' | 'diskGb' | 'deadline'>;

/** What a session costs, before anybody is asked. */
export function describeOffer(offered: Offered, now: Date): string[] {
  const { engine, region, size, diskGb, deadline } = offered;
  const until = `until ${when(deadline)} (${span(now, deadline)})`;
  if (engine === 'local') return [`  MLflow and the model API on this computer, ${until}. It costs nothing.`];
  const cost = hourlyCost(offered);
  if (cost === null) {
    return [
      `  A ${size} with ${diskGb} GB in ${region}, ${until}. The price list does not know what it costs.`,
    ];
  }
  const perHour = (amount: number) => `${usd(amount, 4)} per hour`;
  const rows: [string, string, string][] = [
    ['Machine', `${size} in ${region}`, perHour(cost.machine)],
    ['Disk', `${diskGb} GB, encrypted`, perHour(cost.disk)],
    ['Address', 'public IPv4', perHour(cost.address)],
    ['Together', until, `${perHour(cost.total)} · ${usd(costBetween(cost, now, deadline))}`],
  ];
  const wide = Math.max(...rows.map(([, what]) => what.length));
  return [
    ...rows.map(([title, what, price]) => `  ${title.padEnd(9)} ${what.padEnd(wide)}  ${price}`),
    `  List price as of ${PRICES.asOf}, without taxes and traffic.`,
  ];
}
