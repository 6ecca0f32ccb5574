import type { Compute } from '../ports/compute.js';
import type { LeaseTools } from './hold-lease.js';
import type { Session } from './session.js';

/** Who makes machines, and where. A session's note says it of its machine: the settings may say something else by now. */
type Place = Pick<Session, 'engine' | 'region'>;

export interface CloudTools extends LeaseTools {
  readonly openCompute: (place: Place) => Promise<Compute>;
  /** Who hears, from now on, what an engine says that takes long. */
  readonly hear?: (listener: (line: string) => void) => void;
  /** Where to look when there is no note. */
  readonly place: Place;
  /** What the session's machine runs at its first start: the same for everybody who reads the same note. */
  readonly userData: (session: Session) => string;
}
