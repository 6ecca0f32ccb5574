import type { Machine } from '../ports/compute.js';
import type { Session } from './session.js';

/** Of a session's machines the one that all agreed on, else one that nobody agreed on yet; null: there is none. */
export function machineOf(session: Session, machines: readonly Machine[]): Machine | null {
  return machines.find(({ id }) => id === session.machine) ?? machines[0] ?? null;
}
