import type { Session } from '../session.js';

/** Note in which the session's machine tells how far it is; see `MachineReport`. */
export const reportNote = ({ id }: Pick<Session, 'id'>): string => `cloud/${id}/report`;

/** Note with the last lines of the machine's log: see `logKeyOf`. */
export const logNote = (session: Pick<Session, 'id'>): string => `${reportNote(session)}-log`;

/** Note in which people ask to be let in: see `doorsKeyOf`. */
export const doorsNote = (session: Pick<Session, 'id'>): string => `${reportNote(session)}-doors`;
