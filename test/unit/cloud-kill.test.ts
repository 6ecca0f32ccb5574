import { expect, test } from 'vitest';
import { closeSession } from '../../src/cloud/close-session.js';
import { extendSession } from '../../src/cloud/extend-session.js';
import { openMachine } from '../../src/cloud/open-machine.js';
import { changeSession, readSession } from '../../src/cloud/session.js';
import { withLease } from '../../src/cloud/session-rules.pure.js';
import type { CloudTools } from '../../src/cloud/tools.js';
import { seededRandom } from '../../src/seeded-random.pure.js';
import { FakeCompute } from '../support/fake-compute.js';
import { FakeTiming } from '../support/fake-timing.js';
import { MemoryNotes } from '../support/memory-notes.js';
import { Killed, mortalProcess } from '../support/mortal-process.js';
import { closeByForce, closeGently, wantedSession } from '../support/wanted-session.js';

const NOW = new Date('2026-11-27T10:15:00Z');

interface World {
  readonly notes: MemoryNotes;
  readonly compute: FakeCompute;
}

/** What one process sees; before call number `lives` it is killed. Other processes get their turn at each call. */
function processOf(
  { notes, compute }: World,
  lives = Number.POSITIVE_INFINITY,
  random = () => 0,
): CloudTools {
  const mortal = mortalProcess(lives, async () => {
    for (let turn = Math.floor(random() * 6); turn > 0; turn -= 1) await undefined;
  });
  return {
    notes: mortal(notes),
    openCompute: async ({ region }) => {
      expect(region).toBe('us-east-1');
      return mortal(compute);
    },
    place: { engine: 'ec2', region: 'us-east-1' },
    userData: ({ id }) => `#!/bin/sh\n# ${id}\n`,
    timing: new FakeTiming(),
    clock: { now: () => NOW },
  };
}

const world = (lag?: () => number): World => ({ notes: new MemoryNotes(), compute: new FakeCompute(lag) });
const ignore = (error: unknown): void => {
  if (!(error instanceof Killed)) throw error;
};

test('opened, found again, closed: nothing is left, and again is success', async () => {
  const here = world();
  const first = await openMachine(processOf(here), wantedSession('one'));
  const second = await openMachine(processOf(here), wantedSession('two'));
  expect([second.session.id, second.machine.id]).toEqual(['one', first.machine.id]);
  expect(await closeSession(processOf(here), closeGently)).toMatchObject({
    session: { state: 'closed' },
    left: [],
  });
  expect(here.compute.kept.size).toBe(0);
  expect(await closeSession(processOf(here), closeGently)).toMatchObject({
    session: { state: 'closed' },
    left: [],
  });
  expect((await openMachine(processOf(here), wantedSession('three'))).session.id).toBe('three');
});

test('an engine whose lists are exact is looked at once, others three times in a row', async () => {
  for (const [exact, pauses] of [
    [{ isExact: true as const }, []],
    [{}, [3000, 3000]],
  ] as const) {
    const here = world();
    const timing = new FakeTiming();
    const tools = { ...processOf(here), timing, openCompute: async () => Object.assign(here.compute, exact) };
    expect((await closeSession(tools, closeGently)).left).toEqual([]);
    expect(timing.pauses).toEqual(pauses);
  }
});

test('100 times killed at any call of opening and of closing: never two machines, in the end nothing', async () => {
  let kills = 0;
  for (let seed = 0; seed < 100; seed += 1) {
    const random = seededRandom(seed);
    const here = world(() => Math.floor(random() * 3));
    if (random() < 0.3) here.compute.full.add('a');
    const lives = () => 1 + Math.floor(random() * 12);
    const killed = (error: unknown) => {
      ignore(error);
      kills += 1;
    };
    await openMachine(processOf(here, lives()), wantedSession(`a${seed}`)).catch(killed);
    if (random() < 0.5) await openMachine(processOf(here, lives()), wantedSession(`b${seed}`)).catch(killed);
    await closeSession(processOf(here, lives()), closeGently).catch(killed);
    await closeSession(processOf(here), closeGently);
    const { left } = await closeSession(processOf(here), closeGently);
    expect([seed, left, [...here.compute.kept.keys()]]).toEqual([seed, [], []]);
    expect(here.compute.peak).toBeLessThanOrEqual(1);
    expect(here.compute.mismatches).toBe(0);
    const session = await readSession(here.notes);
    expect(session?.state ?? 'closed').toBe('closed');
  }
  expect(kills).toBeGreaterThan(100);
});

test('100 times two open at the same moment, also where the first zone is full: one machine', async () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const random = seededRandom(seed);
    const here = world(() => Math.floor(random() * 3));
    if (seed % 2) here.compute.full.add('a');
    const opened = await Promise.all(
      ['a', 'b'].map((id) => openMachine(processOf(here, undefined, random), wantedSession(id))),
    );
    expect(new Set(opened.map(({ machine }) => machine.id)).size).toBe(1);
    expect(here.compute.machines).toHaveLength(1);
  }
});

test('100 times two open while a zone is full for one and free for the other: one machine stays, for both', async () => {
  let made = 0;
  for (let seed = 0; seed < 100; seed += 1) {
    const random = seededRandom(seed);
    const here = world(() => Math.floor(random() * 3));
    here.compute.isFull = () => random() < 0.3;
    const opened = await Promise.allSettled(
      ['a', 'b'].map((id) => openMachine(processOf(here, undefined, random), wantedSession(id))),
    );
    const ids = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value.machine.id] : []));
    expect([seed, new Set(ids).size]).toEqual([seed, Math.min(ids.length, 1)]);
    if (ids.length === 2) expect(here.compute.machines.map(({ thing }) => thing.id)).toEqual([ids[0]]);
    if (here.compute.peak > 1) made += 1;
    expect(here.compute.mismatches).toBe(0);
    await closeSession(processOf(here), closeGently);
    expect(here.compute.kept.size).toBe(0);
  }
  expect(made).toBeGreaterThan(0);
});

test('an extended session has its new deadline on the machine, too', async () => {
  const here = world();
  const { machine } = await openMachine(processOf(here), wantedSession('one'));
  const session = await extendSession(processOf(here), new Date('2026-11-27T18:15:00Z'));
  expect([session.deadline, (await here.compute.find('one'))[0]]).toEqual([
    '2026-11-27T18:15:00.000Z',
    { ...machine, state: 'running', deadline: '2026-11-27T18:15:00.000Z' },
  ]);
});

test('100 times opened and closed at the same moment: a machine of a closed session does not stay', async () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const random = seededRandom(seed);
    const here = world(() => Math.floor(random() * 3));
    const opening = openMachine(processOf(here, undefined, random), wantedSession('a')).catch(
      (error) => error.kind,
    );
    const [outcome] = await Promise.all([
      opening,
      closeSession(processOf(here, undefined, random), closeGently),
    ]);
    const session = await readSession(here.notes);
    if (session?.state === 'open') expect(outcome.machine.id).toBe(here.compute.machines[0]?.thing.id);
    else expect([seed, here.compute.machines.length]).toEqual([seed, 0]);
    await closeSession(processOf(here), closeGently);
    expect(here.compute.kept.size).toBe(0);
  }
});

test('a session in use is not stopped, but by force', async () => {
  const here = world();
  await openMachine(processOf(here), wantedSession('one'));
  await changeSession(processOf(here), (now) => withLease(now, { id: 'x', who: 'ben', what: 'train' }, NOW));
  await expect(closeSession(processOf(here), closeGently)).rejects.toMatchObject({
    kind: 'cloud/in-use',
    code: 12,
  });
  expect(here.compute.machines).toHaveLength(1);
  expect((await closeSession(processOf(here), closeByForce)).left).toEqual([]);
});

test('the account keeps one machine free; where no zone has room, the next try starts over', async () => {
  const here = world();
  here.compute.others = 8;
  await expect(openMachine(processOf(here), wantedSession('one'))).rejects.toMatchObject({
    kind: 'cloud/account-full',
  });
  here.compute.others = 7;
  for (const zone of ['a', 'b', 'c']) here.compute.full.add(zone);
  await expect(openMachine(processOf(here), wantedSession('one'))).rejects.toMatchObject({
    kind: 'cloud/no-capacity',
  });
  here.compute.full.delete('b');
  expect((await openMachine(processOf(here), wantedSession('one'))).machine.id).toBe('i-1');
});

test('a machine that ended by itself is told, and not made again behind anybody’s back', async () => {
  const here = world();
  await openMachine(processOf(here), wantedSession('one'));
  here.compute.powerOff();
  await expect(openMachine(processOf(here), wantedSession('one'))).rejects.toMatchObject({
    kind: 'cloud/ended',
  });
  expect((await closeSession(processOf(here), closeGently)).left).toEqual([]);
  expect(here.compute.kept.size).toBe(0);
});

test('what cannot be removed is named, and the session stays closing', async () => {
  const here = world();
  await openMachine(processOf(here), wantedSession('one'));
  here.compute.remove = async ({ kind }) => (kind === 'group' ? 'DependencyViolation' : null);
  const { session, left } = await closeSession(processOf(here), closeGently);
  expect(session?.state).toBe('closing');
  expect(left.map(({ reason }) => reason)).toContain('DependencyViolation');
});
