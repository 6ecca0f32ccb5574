import type { MachineOrder } from '../ports/compute.js';
import type { Session } from './session.js';
import type { CloudTools } from './tools.js';

/** The same session and attempt is the same order, whoever gives it. Each attempt has the next of the zones. */
export function orderOf(
  { userData }: Pick<CloudTools, 'userData'>,
  session: Session,
  zones: readonly string[],
): MachineOrder {
  const { id, attempt, size, image, diskGb, instanceProfile, deadline, openedBy } = session;
  const zone = zones[(attempt - 1) % zones.length] ?? '';
  const place = { zone, size, image: image ?? '', diskGb, instanceProfile };
  return { session: id, attempt, ...place, deadline, openedBy, userData: userData(session) };
}
