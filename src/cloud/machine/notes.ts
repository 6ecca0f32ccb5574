import type { Session } from '../session.js';

/** Note in which the session's machine tells how far it is; see `MachineReport`. */
export const reportNote = ({ id }: Pick<Session, 'id'>): string => `cloud/${id}/report`;

/** Note in which people ask to be let in: see `doorsKeyOf`. */
export const doorsNote = (session: Pick<Session, 'id'>): string => `${reportNote(session)}-doors`;
