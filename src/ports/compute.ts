export interface MachineOrder {
  /** Id of the session; becomes a tag of everything that is made. */
  readonly session: string;
  /** From 1. Session and attempt make the token by which the provider knows an order again. */
  readonly attempt: number;
  readonly zone: string;
  readonly size: string;
  /** ISO date, also a tag: the machine ends itself then. */
  readonly deadline: string;
  readonly openedBy: string;
}

export interface Machine {
  readonly id: string;
  /** `ended`: it is gone or going, whoever ended it. */
  readonly state: 'starting' | 'running' | 'ended';
  /** ISO date, by the provider's clock: what it costs counts from here. */
  readonly launchedAt: string;
}

/** In the order in which they can be removed. */
export const BILLED_KINDS = ['machine', 'disk', 'address', 'group'] as const;

/** Something that was made for a session, and bills or stands in the way. */
export interface BilledThing {
  readonly kind: (typeof BILLED_KINDS)[number];
  readonly id: string;
  readonly session: string;
}

/**
 * Machines of the team's sessions, in one region. There is no state but what the provider keeps; its lists may be some
 * seconds old. Failures are WmsErrors with exit code 4 or 5, transient ones are retried inside.
 */
export interface Compute {
  /** Machines of the whole account that run, and how many may. */
  load(): Promise<{ readonly running: number; readonly limit: number }>;
  /** Where this size can be had, always in the same order. */
  zones(size: string): Promise<string[]>;
  /**
   * Makes what the order says, with its tags and deadline from the first moment on. The same order again, by anybody,
   * answers the machine that it made, even one that has ended. Throws WmsError `cloud/no-capacity` (exit code 5) when
   * the zone has no room: then this attempt has made no machine, and never will.
   */
  create(order: MachineOrder): Promise<Machine>;
  /** Machines of the session that have not ended. */
  find(session: string): Promise<Machine[]>;
  /** All that any session of this team has left. */
  billed(): Promise<BilledThing[]>;
  /** Null: it is gone or going; else why it cannot be removed now. What is not there is gone. */
  remove(thing: BilledThing): Promise<string | null>;
}
