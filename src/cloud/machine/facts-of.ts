import { noteKey } from '../../ports/store-notes.js';
import { MACHINE_PORTS } from '../facts.js';
import { SESSION, type Session } from '../session.js';
import type { MachineFacts } from './facts.js';
import { reportNote } from './notes.js';

/** What all sessions of a team have in common. */
export interface Team extends Pick<MachineFacts, 'store' | 'modelName' | 'registry' | 'packageVersion'> {}

/** What the session's machine is told. */
export function machineFacts(
  session: Session,
  { store, modelName, registry, packageVersion }: Team,
): MachineFacts {
  const keyOf = (name: string) => [store.prefix, noteKey(name)].filter((part) => part !== '').join('/');
  return {
    sessionId: session.id,
    // The machine's clock counts whole seconds.
    deadline: `${session.deadline.slice(0, 19)}Z`,
    region: session.region,
    store,
    reportKey: keyOf(reportNote(session)),
    sessionKey: keyOf(SESSION),
    dumpPrefix: keyOf('cloud/registry'),
    idleMinutes: session.idleMinutes,
    modelName,
    model: session.model,
    registry,
    packageVersion,
    ports: MACHINE_PORTS,
  };
}
