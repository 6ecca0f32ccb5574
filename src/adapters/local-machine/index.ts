import { setTimeout as wait } from 'node:timers/promises';
import type { BilledThing, Compute, Machine } from '../../ports/compute.js';
import { refuseManyCallers } from '../one-caller.js';
import { type Card, type MachinePlace, orderedMachines } from './card.js';
import { create, machineOf } from './create.js';
import type { LocalOptions } from './options.js';
import { ask, type State, type Wish } from './wishes.js';

/** It ends what it runs within 10 seconds. */
const LONGEST_END_MS = 20_000;
const POLL_MS = 50;
/** A guard against accidents only: this computer's owner knows what it can bear. */
const LIMIT = 100;

/**
 * Machines that are processes of this computer, one clone's own. What ends is gone for good; what MLflow keeps stays.
 * `create` throws WmsErrors `cloud/local-failed` (exit code 5) and `cloud/local-platform` (2).
 */
export function localCompute(options: LocalOptions): Compute {
  const all = () => orderedMachines(options.directory);
  const alive = async (): Promise<{ card: Card; state: State }[]> => {
    const asked = (await all()).map(async ({ place, card }) => {
      const state = (await place.hasEndMark()) ? null : await ask(card, await place.life(), { do: 'state' });
      return state === null ? [] : [{ card, state }];
    });
    return (await Promise.all(asked)).flat();
  };
  const tell = async (machine: string, wish: Wish): Promise<void> => {
    const found = (await all()).find(({ card }) => card.id === machine);
    if (found !== undefined) await ask(found.card, await found.place.life(), wish);
  };
  return {
    isExact: true,
    load: async () => ({ running: (await alive()).length, limit: LIMIT }),
    zones: async () => ['here'],
    newestImage: async () => 'this computer',
    create: (order) => create(options, order),
    find: async (session) =>
      (await alive())
        .filter(({ card }) => card.session === session)
        .map(({ card, state }): Machine => machineOf(card, state)),
    extend: (machine, to) => tell(machine, { do: 'extend', to }),
    wantDump: (machine, at) => tell(machine, { do: 'dump', at }),
    // Who is on this computer is inside already.
    openDoor: async (_session, door) => refuseManyCallers(door),
    closeDoor: async (_session, door) => refuseManyCallers(door),
    async billed() {
      const left = (await all()).map(async (machine) =>
        (await isLeft(machine)) ? [thing(machine.card)] : [],
      );
      return (await Promise.all(left)).flat();
    },
    async remove({ kind, id }) {
      const found = (await all()).find(({ card }) => kind === 'machine' && card.id === id);
      if (found !== undefined) await end(found);
      return null;
    },
  };
}

interface Ordered {
  readonly place: MachinePlace;
  readonly card: Card;
}

const thing = ({ id, session }: Card): BilledThing => ({ kind: 'machine', id, session });

/** One that was killed has no end mark. */
async function isLeft({ place, card }: Ordered): Promise<boolean> {
  return !(await place.hasEndMark()) || (await ask(card, await place.life(), { do: 'state' })) !== null;
}

/** The mark comes first: whoever begins after it ends at once, and whoever cannot be reached finds it. */
async function end({ place, card }: Ordered): Promise<void> {
  await place.markEnd();
  const until = performance.now() + LONGEST_END_MS;
  while ((await ask(card, await place.life(), { do: 'end' })) !== null && performance.now() < until) {
    await wait(POLL_MS);
  }
}
