import type { Machine } from '../ports/compute.js';
import { costBetween, hourlyCost } from './cost.pure.js';
import { PRICES } from './prices.pure.js';
import type { Lease, Session } from './session.js';
import { liveLeases } from './session-rules.pure.js';

/** USD at list price. */
interface SessionCost {
  readonly perHour: number;
  readonly soFar: number;
  readonly untilDeadline: number;
  readonly pricesAsOf: string;
}

/** A session with its machine, as people and programs are told of it. */
export interface SessionFacts {
  readonly session: string;
  readonly state: Session['state'];
  readonly engine: Session['engine'];
  readonly openedBy: string;
  /** ISO dates. */
  readonly openedAt: string;
  readonly deadline: string;
  readonly region: string;
  readonly size: string;
  /** Null: there is none. */
  readonly machine: Pick<Machine, 'id' | 'launchedAt' | 'address'> | null;
  readonly urls: {
    readonly mlflow: string | null;
    readonly api: string | null;
    readonly docs: string | null;
  };
  /** These addresses are at the end of a tunnel: `wms cloud connect`. */
  readonly needsTunnel: boolean;
  readonly leases: readonly Lease[];
  /** Null where the price list does not know it. */
  readonly cost: SessionCost | null;
}

/** Ports of a machine in the cloud, on its loopback; a tunnel takes the same ones here. */
export const MACHINE_PORTS = { mlflow: 5000, api: 8000, train: 7000 } as const;

export function sessionFacts(session: Session, machine: Machine | null, now: Date): SessionFacts {
  const { id, state, engine, openedBy, openedAt, deadline, region, size } = session;
  const needsTunnel = machine?.urls === undefined;
  const { mlflow, api } = machine?.urls ?? {
    mlflow: `http://127.0.0.1:${MACHINE_PORTS.mlflow}`,
    api: `http://127.0.0.1:${MACHINE_PORTS.api}`,
  };
  return {
    ...{ session: id, state, engine, openedBy, openedAt, deadline, region, size },
    machine: machine && { id: machine.id, launchedAt: machine.launchedAt, address: machine.address },
    urls: { mlflow: mlflow ?? null, api: api ?? null, docs: api === undefined ? null : `${api}/docs` },
    needsTunnel,
    leases: liveLeases(session, now),
    cost: costOf(session, machine, now),
  };
}

function costOf(session: Session, machine: Machine | null, now: Date): SessionCost | null {
  const cost = hourlyCost(session);
  if (cost === null) return null;
  const from = machine?.launchedAt ?? now;
  return {
    perHour: cost.total,
    soFar: costBetween(cost, from, now),
    untilDeadline: costBetween(cost, from, session.deadline),
    pricesAsOf: PRICES.asOf,
  };
}
