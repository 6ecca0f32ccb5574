/** In the order in which a machine reaches them; `failed` can follow each. */
export const STAGES = ['booted', 'mlflow-ready', 'ready', 'failed'] as const;

/** What the machine tells of itself. It writes the whole note anew each time, `dump` included. */
export interface MachineReport {
  readonly session: string;
  readonly stage: (typeof STAGES)[number];
  /** ISO date of this report. */
  readonly at: string;
  /** Last lines of what failed. */
  readonly failure?: string | undefined;
  /** What a person should know of a part that does not run: `no Production model yet`. */
  readonly told?: { readonly mlflow?: string | undefined; readonly api?: string | undefined } | undefined;
  /** The model API answers. */
  readonly isServing?: boolean | undefined;
  /** Ids of those whom it lets in now: see `doorsNote`. */
  readonly doors?: readonly string[] | undefined;
  /** `ssh-ed25519 AAAA…`: by it SSH knows the machine. */
  readonly hostKey?: string | undefined;
  /** PEM: by it TLS knows the machine. */
  readonly certificate?: string | undefined;
  /** Who knows it may send training commands. */
  readonly trainTicket?: string | undefined;
  /** The last attempt to save the registry to the store. */
  readonly dump?:
    | {
        /** ISO date of its begin: what was registered before is in it. */
        readonly at: string;
        /** Key in the bucket; without one it failed. */
        readonly key?: string | undefined;
        readonly failure?: string | undefined;
      }
    | undefined;
}

/** Null: not a report of this session that this version understands. */
export function readReport(bytes: Buffer | null, session: string): MachineReport | null {
  try {
    const report = JSON.parse(bytes?.toString() ?? '') as MachineReport;
    const isReport =
      report.session === session && STAGES.includes(report.stage) && !Number.isNaN(Date.parse(report.at));
    return isReport ? report : null;
  } catch {
    return null;
  }
}
