import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { BILLED_KINDS, type BilledThing, type Compute, type MachineOrder } from '../../src/ports/compute.js';

export interface ComputeUnderTest {
  readonly compute: Compute;
  /** A teammate's. */
  readonly other: Compute;
  /** Of another team in the same account, where the engine knows several. */
  readonly stranger?: Compute;
  /** The machine's own system shuts down. */
  readonly powerOff?: (machine: string) => Promise<void> | void;
}

/** What an engine does not have, and what a stand-in for a provider does not do as the real one. */
interface Lacks {
  /** It makes two machines for the same order at the same moment. */
  readonly tokens?: boolean;
  /** It takes any image. */
  readonly images?: boolean;
  /** It lets a group go while a machine is in it. */
  readonly groups?: boolean;
  /** It stumbles over a machine that is ended a second time. */
  readonly endings?: boolean;
  /** It has machines of no size, or of one. */
  readonly sizes?: boolean;
  /** A machine is all that it makes for a session. */
  readonly parts?: boolean;
}

const LOOKS = 50;

/** The promises in src/ports/compute.ts. */
export function computeSuite(name: string, open: () => Promise<ComputeUnderTest>, lacks: Lacks = {}): void {
  describe(`Compute: ${name}`, () => {
    let under: ComputeUnderTest;
    let compute: Compute;
    let session: string;
    beforeEach(async () => {
      under = await open();
      compute = under.compute;
      session = `20261127-101500-${randomBytes(4).toString('hex')}`;
      return () => removeAll();
    });

    const order = async (parts: Partial<MachineOrder> = {}): Promise<MachineOrder> => ({
      session,
      attempt: 1,
      zone: (await compute.zones('t3.large'))[0] ?? '',
      size: 't3.large',
      image: await compute.newestImage(),
      diskGb: 30,
      instanceProfile: 'LabInstanceProfile',
      deadline: '2199-11-27T14:15:00.000Z',
      openedBy: 'Ana Test <ana@example.com>',
      userData: '#!/bin/sh\necho ready\n',
      ...parts,
    });
    const ours = async (door: Compute) => (await door.billed()).filter((thing) => thing.session === session);

    /** Lists may be old, and things need time to go. */
    async function eventually<T>(ask: () => Promise<T>, isTrue: (answer: T) => boolean): Promise<T> {
      for (let look = 1; ; look += 1) {
        const answer = await ask();
        if (isTrue(answer) || look === LOOKS) return answer;
        await wait(20);
      }
    }
    async function removeAll(): Promise<BilledThing[]> {
      return eventually(
        async () => {
          const things = await ours(compute);
          for (const kind of BILLED_KINDS) {
            for (const thing of things.filter((each) => each.kind === kind)) await compute.remove(thing);
          }
          return things;
        },
        (things) => things.length === 0,
      );
    }
    const found = (door: Compute, many = 1) =>
      eventually(
        () => door.find(session),
        (machines) => machines.length === many,
      );

    it('names zones always in the same order', async () => {
      const zones = await compute.zones('t3.large');
      expect(zones.length).toBeGreaterThan(0);
      expect(await under.other.zones('t3.large')).toEqual(zones);
    });

    it.skipIf(lacks.sizes)('refuses a size that is nowhere', async () => {
      await expect(compute.zones('t3.gigantic')).rejects.toMatchObject({ kind: 'cloud/no-size', code: 2 });
    });

    it('makes a machine that everybody in the team finds, with its deadline', async () => {
      const { running, limit } = await compute.load();
      expect(limit).toBeGreaterThan(0);
      const machine = await compute.create(await order());
      expect(machine.state).not.toBe('ended');
      expect(machine.deadline).toBe('2199-11-27T14:15:00.000Z');
      expect(Date.parse(machine.launchedAt)).not.toBeNaN();
      expect(await found(under.other)).toMatchObject([{ id: machine.id, deadline: machine.deadline }]);
      expect((await compute.load()).running).toBe(running + 1);
    });

    it('answers the machine of an order that comes again, whatever else it says', async () => {
      const first = await order();
      const { id } = await compute.create(first);
      expect((await under.other.create(first)).id).toBe(id);
      expect((await under.other.create({ ...first, deadline: '2199-11-27T18:15:00.000Z' })).id).toBe(id);
      expect(await found(compute)).toHaveLength(1);
    });

    it.skipIf(lacks.tokens)('makes one machine of one order that several give at once', async () => {
      const first = await order();
      const made = await Promise.all([compute, under.other, compute].map((door) => door.create(first)));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(await found(compute)).toHaveLength(1);
    });

    it.skipIf(lacks.images)('refuses an image that is not there, and makes no machine', async () => {
      const wrong = await order({ image: 'ami-00000000000000000' });
      await expect(compute.create(wrong)).rejects.toMatchObject({ kind: 'cloud/bad-order', code: 2 });
      expect(await compute.find(session)).toEqual([]);
    });

    it('lists what a session has left for its team only, and removes it; again is success', async () => {
      await compute.create(await order());
      const things = await eventually(
        () => ours(compute),
        (all) => all.length > (lacks.parts ? 0 : 1),
      );
      const kinds = lacks.parts ? ['machine'] : ['machine', 'group'];
      expect(things.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds));
      if (under.stranger !== undefined) {
        expect(await ours(under.stranger)).toEqual([]);
        expect(await under.stranger.find(session)).toEqual([]);
      }
      expect(await removeAll()).toEqual([]);
      expect(await found(compute, 0)).toEqual([]);
      for (const thing of things.filter(({ kind }) => !lacks.endings || kind !== 'machine')) {
        expect(await under.other.remove(thing)).toBeNull();
      }
    });

    it.skipIf(lacks.groups || lacks.parts)(
      'says why a group cannot go while its machine is there',
      async () => {
        await compute.create(await order());
        const things = await eventually(
          () => ours(compute),
          (all) => all.some(({ kind }) => kind === 'group'),
        );
        const group = things.find(({ kind }) => kind === 'group');
        expect(await compute.remove(group!)).toMatch(/\S/);
      },
    );

    it('answers an order whose machine has ended with that machine', async () => {
      const { id } = await compute.create(await order());
      await compute.remove({ kind: 'machine', id, session });
      expect(await found(compute, 0)).toEqual([]);
      expect(await under.other.create(await order())).toMatchObject({ id, state: 'ended' });
    });

    it('does not find a machine that switched itself off', async () => {
      if (under.powerOff === undefined) return;
      const { id } = await compute.create(await order());
      await under.powerOff(id);
      expect(await found(compute, 0)).toEqual([]);
    });

    it('moves the deadline, and tells of a wish for a dump', async () => {
      const { id } = await compute.create(await order());
      await compute.extend(id, '2199-11-27T18:15:00.000Z');
      await compute.wantDump(id, '2026-11-27T12:00:00.000Z');
      expect(await found(under.other)).toMatchObject([{ id, deadline: '2199-11-27T18:15:00.000Z' }]);
    });

    it('opens and closes a door for one address, never for all', async () => {
      await compute.create(await order());
      const door = { address: '203.0.113.7', fromPort: 5000, toPort: 5001 };
      for (const address of ['0.0.0.0', '0.0.0.0/0', '::', '::/0', '203.0.113.0/24', 'example.com', '']) {
        await expect(compute.openDoor(session, { ...door, address })).rejects.toMatchObject({
          kind: 'cloud/open-to-all',
          code: 2,
        });
      }
      await compute.openDoor(session, door);
      await under.other.openDoor(session, door);
      await compute.closeDoor(session, door);
      await under.other.closeDoor(session, door);
    });
  });
}
