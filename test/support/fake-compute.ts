import { EXIT, WmsError } from '../../src/errors.js';
import type { BilledThing, Compute, Machine, MachineOrder } from '../../src/ports/compute.js';

interface Kept {
  readonly thing: BilledThing;
  readonly machine?: Machine;
  /** Lists show it after so many questions. */
  hiddenFor: number;
  /** A machine that ends is there for so many questions more. */
  goesIn: number;
}

/**
 * A provider in memory, as treacherous as the real one: lists are old, the same token answers the same machine, machines
 * need time to end, and a group cannot go while one is in it.
 */
export class FakeCompute implements Compute {
  readonly kept = new Map<string, Kept>();
  readonly orders = new Map<string, { order: MachineOrder; id: string }>();
  /** Zones without room. */
  readonly full = new Set<string>();
  /** Most machines that ran at the same time. */
  peak = 0;
  others = 0;
  #numbers = 0;

  constructor(private readonly lag: () => number = () => 0) {}

  get machines(): Kept[] {
    return [...this.kept.values()].filter(({ machine, goesIn }) => machine !== undefined && goesIn < 0);
  }

  async load() {
    return { running: this.others + this.machines.length, limit: 9 };
  }

  async zones() {
    return ['a', 'b', 'c'];
  }

  async create(order: MachineOrder): Promise<Machine> {
    const token = `${order.session} ${order.attempt}`;
    const known = this.orders.get(token);
    if (known !== undefined) {
      if (JSON.stringify(known.order) !== JSON.stringify(order))
        throw new Error('IdempotentParameterMismatch');
      const kept = this.kept.get(known.id);
      const isRunning = kept?.machine !== undefined && kept.goesIn < 0;
      return { id: known.id, launchedAt: '', state: isRunning ? 'running' : 'ended' };
    }
    this.#make('group', `sg-${order.session}`, order.session);
    if (this.full.has(order.zone)) {
      throw new WmsError({
        kind: 'cloud/no-capacity',
        code: EXIT.network,
        what: `No room in ${order.zone}.`,
      });
    }
    this.#numbers += 1;
    const machine = {
      id: `i-${this.#numbers}`,
      state: 'starting',
      launchedAt: '2026-11-27T10:15:01Z',
    } as const;
    this.orders.set(token, { order, id: machine.id });
    this.#make('machine', machine.id, order.session, machine);
    this.#make('disk', `vol-${this.#numbers}`, order.session);
    this.peak = Math.max(this.peak, this.machines.length);
    return machine;
  }

  async find(session: string): Promise<Machine[]> {
    return this.#visible().flatMap(({ thing, machine, goesIn }) =>
      machine !== undefined && thing.session === session && goesIn < 0 ? [machine] : [],
    );
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

  /** The machine powers itself off. */
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
