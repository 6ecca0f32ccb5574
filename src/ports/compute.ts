/** Tags of a machine that it reads itself about once a minute. Their values are ISO dates. */
export const DEADLINE_TAG = 'wms:deadline';
/** Somebody stops the session and waits for a dump that began after this. */
export const DUMP_TAG = 'wms:dump-wanted';

export interface MachineOrder {
  /** Id of the session; becomes a tag of everything that is made. */
  readonly session: string;
  /** From 1. Session and attempt make the token by which the provider knows an order again. */
  readonly attempt: number;
  readonly zone: string;
  readonly size: string;
  /** What `newestImage` answered. */
  readonly image: string;
  readonly diskGb: number;
  /** Name of what gives the machine its rights. */
  readonly instanceProfile: string;
  /** ISO date, also a tag: the machine ends itself then. */
  readonly deadline: string;
  readonly openedBy: string;
  /** What the machine runs at its first start. Everything on it can read this. */
  readonly userData: string;
}

export interface Machine {
  readonly id: string;
  /** `ended`: it is gone or going, whoever ended it. */
  readonly state: 'starting' | 'running' | 'ended';
  /** ISO date, by the provider's clock: what it costs counts from here. */
  readonly launchedAt: string;
  /** ISO date, as the machine itself knows it. */
  readonly deadline: string;
  /** Public IPv4 address; null while it has none. */
  readonly address: string | null;
  /** Addresses at which this computer reaches it without a tunnel, where there are any. */
  readonly urls?: MachineUrls;
}

export interface MachineUrls {
  readonly mlflow?: string;
  readonly api?: string;
}

/** TCP ports of a session's machine for one address. */
export interface Door {
  /** IPv4 address of whoever comes in; never a range. */
  readonly address: string;
  readonly fromPort: number;
  readonly toPort: number;
}

/** In the order in which they can be removed. `stack`: a directory of Terraform that still has something of a session. */
export const BILLED_KINDS = ['stack', 'machine', 'disk', 'address', 'group'] as const;

/** Something that was made for a session, and bills or stands in the way. */
export interface BilledThing {
  readonly kind: (typeof BILLED_KINDS)[number];
  readonly id: string;
  readonly session: string;
}

/**
 * Machines of the team's sessions, in one region. There is no state but what the provider keeps; its lists may be some
 * seconds old. Failures are WmsErrors with exit code 2 (settings), 4 or 5, transient ones are retried inside.
 */
export interface Compute {
  /** Its lists show what is there this moment. */
  readonly isExact?: true;
  /** What this order would change, for people. */
  plan?(order: MachineOrder): Promise<string>;
  /** Machines of the whole account that run, and how many may. */
  load(): Promise<{ readonly running: number; readonly limit: number }>;
  /** Where this size can be had, always in the same order. Throws WmsError `cloud/no-size` (exit code 2) for nowhere. */
  zones(size: string): Promise<string[]>;
  /** The image that new machines start from. It changes with time: an order keeps the one it was made with. */
  newestImage(): Promise<string>;
  /**
   * Makes what the order says, with its tags and deadline from the first moment on, closed to the network. An order of
   * the same session and attempt again, by anybody, answers the machine that it made, even one that has ended. Throws
   * WmsError `cloud/no-capacity` (exit code 5) when the zone has no room: then this call has made no machine.
   */
  create(order: MachineOrder): Promise<Machine>;
  /** Machines of the session that have not ended. */
  find(session: string): Promise<Machine[]>;
  /** Moves the deadline that the machine of this id knows. */
  extend(machine: string, deadline: string): Promise<void>;
  /** Tells the machine of this id that somebody waits for a dump from after this ISO date. */
  wantDump(machine: string, at: string): Promise<void>;
  /** Again is success. Throws WmsError `cloud/open-to-all` (exit code 2) for an address that is not one caller's. */
  openDoor(session: string, door: Door): Promise<void>;
  /** What is not open is closed. */
  closeDoor(session: string, door: Door): Promise<void>;
  /** All that any session of this team has left. */
  billed(): Promise<BilledThing[]>;
  /** Null: it is gone or going; else why it cannot be removed now. What is not there is gone. */
  remove(thing: BilledThing): Promise<string | null>;
}
