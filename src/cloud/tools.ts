import type { Compute } from '../ports/compute.js';
import type { LeaseTools } from './hold-lease.js';
import type { Session } from './session.js';

export interface CloudTools extends LeaseTools {
  /** Machines in one region. A session's note says in which it is: it may be another than that of the settings. */
  readonly openCompute: (region: string) => Promise<Compute>;
  /** Where to look when there is no note. */
  readonly region: string;
  /** What the session's machine runs at its first start: the same for everybody who reads the same note. */
  readonly userData: (session: Session) => string;
}
