import type { Machine } from '../../ports/compute.js';
import type { Reporter } from '../../ports/reporter.js';
import type { Forward, Tunnels } from '../../ports/tunnels.js';
import type { MachineReport } from '../machine/report.pure.js';
import type { Session } from '../session.js';
import type { CloudTools } from '../tools.js';

export interface ConnectTools extends Omit<CloudTools, 'userData' | 'place'> {
  readonly tunnels: Tunnels;
  readonly reporter: Reporter;
  /** Aborted when the person wants to end this. */
  readonly stop: AbortSignal;
}

/** The machine that a tunnel leads to. */
export interface Target {
  readonly session: Session;
  readonly machine: Machine;
  readonly report: MachineReport;
  readonly forwards: readonly Forward[];
  /** Public IPv4 address from which somebody comes; null: to be found out. */
  readonly from: string | null;
}
