import { isIPv4 } from 'node:net';
import { EXIT, WmsError } from '../../src/errors.js';
import type { BilledThing, Compute, Door, Machine, MachineOrder } from '../../src/ports/compute.js';

interface Kept {
  readonly thing: BilledThing;
  machine?: Machine;
  /** Lists show it after so many questions. */
  hiddenFor: number;
  /** A machine that ends is there for so many questions more. */
  goesIn: number;
}

const IMAGE = 'ami-newest';

/**
 * A provider in memory, as treacherous as the real one: lists are old, the same token answers the same machine, machines
 * need time to end, and a group cannot go while one is in it.
 */
export class FakeCompute implements Compute {
  readonly kept = new Map<string, Kept>();
  readonly orders = new Map<string, { order: MachineOrder; machine: Machine }>();
  /** Open doors as `session address from-to`. */
  readonly doors = new Set<string>();
  /** Wishes for a dump as `machine date`. */
  readonly dumpsWanted: string[] = [];
  /** Zones without room. */
  readonly full = new Set<string>();
  isFull = (zone: string): boolean => this.full.has(zone);
  /** Most machines that ran at the same time. */
  peak = 0;
  others = 0;
  /** Orders that said something else than the first one with their token. */
  mismatches = 0;
  #numbers = 0;

  constructor(private readonly lag: () => number = () => 0) {}

  get machines(): Kept[] {
    return [...this.kept.values()].filter(({ machine, goesIn }) => machine !== undefined && goesIn < 0);
  }

  async load() {
    return { running: this.others + this.machines.length, limit: 9 };
  }

  async zones(size: string) {
    if (/^[a-z0-9]+\.(micro|small|medium|large)$/.test(size)) return ['a', 'b', 'c'];
    throw refusal('cloud/no-size', EXIT.usage, `Nobody has the size ${size}.`);
  }

  async newestImage() {
    return IMAGE;
  }

  async create(order: MachineOrder): Promise<Machine> {
    const token = `${order.session} ${order.attempt}`;
    const known = this.orders.get(token);
    if (known !== undefined) {
      if (JSON.stringify(known.order) !== JSON.stringify(order)) this.mismatches += 1;
      const kept = this.kept.get(known.machine.id);
      const isRunning = kept?.machine !== undefined && kept.goesIn < 0;
      return { ...known.machine, state: isRunning ? 'running' : 'ended' };
    }
    this.#make('group', `sg-${order.session}`, order.session);
    if (order.image !== IMAGE) throw refusal('cloud/bad-order', EXIT.usage, `No image ${order.image}.`);
    if (this.isFull(order.zone))
      throw refusal('cloud/no-capacity', EXIT.network, `No room in ${order.zone}.`);
    this.#numbers += 1;
    const machine: Machine = {
      id: `i-${this.#numbers}`,
      state: 'starting',
      launchedAt: '2026-11-27T10:15:01Z',
      deadline: order.deadline,
      address: `198.51.100.${this.#numbers % 256}`,
    };
    this.orders.set(token, { order, machine });
    this.#make('machine', machine.id, order.session, machine);
    this.#make('disk', `vol-${this.#numbers}`, order.session);
    this.peak = Math.max(this.peak, this.machines.length);
    return machine;
  }

  async find(session: string): Promise<Machine[]> {
    return this.#visible().flatMap(({ thing, machine, goesIn }) =>
      machine !== undefined && thing.session === session && goesIn < 0
        ? [{ ...machine, state: 'running' as const }]
        : [],
    );
  }

  async extend(id: string, deadline: string): Promise<void> {
    const kept = this.kept.get(id);
    if (kept?.machine !== undefined) kept.machine = { ...kept.machine, deadline };
  }

  async wantDump(id: string, at: string): Promise<void> {
    this.dumpsWanted.push(`${id} ${at}`);
  }

  async openDoor(session: string, { address, fromPort, toPort }: Door): Promise<void> {
    if (!isIPv4(address) || address.startsWith('0.')) {
      throw refusal('cloud/open-to-all', EXIT.usage, `${address} is not one caller.`);
    }
    this.doors.add(`${session} ${address} ${fromPort}-${toPort}`);
  }

  async closeDoor(session: string, { address, fromPort, toPort }: Door): Promise<void> {
    this.doors.delete(`${session} ${address} ${fromPort}-${toPort}`);
  }

  async billed(): Promise<BilledThing[]> {
    return this.#visible().map(({ thing }) => thing);
  }

  async remove({ kind, id, session }: BilledThing): Promise<string | null> {
    const kept = this.kept.get(id);
    if (kept === undefined) return null;
    const isUsed = [...this.kept.values()].some(
      ({ machine, thing }) => machine !== undefined && thing.session === session,
    );
    if (kind === 'machine') kept.goesIn = kept.goesIn < 0 ? 2 : kept.goesIn;
    else if (isUsed) return `${kind} ${id} is in use`;
    else this.kept.delete(id);
    return null;
  }

  /** The machines power themselves off. */
  powerOff(): void {
    for (const kept of this.machines) this.kept.delete(kept.thing.id);
  }

  #make(kind: BilledThing['kind'], id: string, session: string, machine?: Machine): void {
    if (this.kept.has(id)) return;
    const thing = { kind, id, session };
    this.kept.set(id, { thing, ...(machine ? { machine } : {}), hiddenFor: this.lag(), goesIn: -1 });
  }

  #visible(): Kept[] {
    for (const kept of this.kept.values()) {
      if (kept.goesIn === 0) this.kept.delete(kept.thing.id);
      if (kept.goesIn > 0) kept.goesIn -= 1;
    }
    return [...this.kept.values()].filter((kept) => {
      kept.hiddenFor -= 1;
      return kept.hiddenFor < 0;
    });
  }
}

function refusal(kind: string, code: 2 | 5, what: string): WmsError {
  return new WmsError({ kind, code, what });
}
