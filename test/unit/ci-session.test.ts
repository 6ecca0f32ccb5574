import { beforeEach, expect, test } from 'vitest';
import { holdSession, releaseSession } from '../../src/ci/session.js';
import type { DeployTools } from '../../src/cloud/deploy/deploy.js';
import { reportNote } from '../../src/cloud/machine/notes.js';
import { changeSession, readSession } from '../../src/cloud/session.js';
import { liveLeases, withLease } from '../../src/cloud/session-rules.pure.js';
import { FakeCompute } from '../support/fake-compute.js';
import { MemoryNotes } from '../support/memory-notes.js';
import { noPrompter } from '../support/no-prompter.js';
import { silentReporter } from '../support/silent-reporter.js';
import { wantedSession } from '../support/wanted-session.js';

const HOUR_MS = 3_600_000;
const run = (number: number) => ({
  id: `https://github.com/team/meters/actions/runs/${number}`,
  what: 'training of data/20261121-101500',
});
const lease = { id: 'l1', who: 'ben on laptop', what: 'looking at models' };

let at: number;
let notes: MemoryNotes;
let compute: FakeCompute;
let tools: DeployTools;
let opened: number;

beforeEach(() => {
  at = Date.parse('2026-11-27T10:15:00Z');
  notes = new MemoryNotes();
  compute = new FakeCompute();
  opened = 0;
  tools = {
    notes,
    openCompute: async () => compute,
    place: { engine: 'ec2', region: 'us-east-1' },
    userData: () => '#cloud-config',
    clock: { now: () => new Date(at) },
    timing: { now: () => at, random: () => 0.5, sleep: passes },
    reporter: silentReporter(),
    prompter: noPrompter,
  };
});

/** The machine reports as the real one does. */
async function passes(milliseconds: number): Promise<void> {
  at += milliseconds;
  const session = await readSession(notes);
  if (session === null || compute.machines.length === 0) return;
  const dump =
    compute.dumpsWanted.length === 0 ? {} : { dump: { at: new Date(at).toISOString(), key: 'dump' } };
  const report = { session: session.id, stage: 'ready', at: new Date(at).toISOString(), ...dump };
  await notes.write(reportNote(session), Buffer.from(JSON.stringify(report)));
}

function hold(number: number) {
  opened += 1;
  const { deadline: _, model: __, ...wanted } = wantedSession(`session-${opened}`);
  return holdSession(tools, { wanted, model: async () => null, hours: 4, budget: undefined }, run(number));
}

const release = (number: number) => releaseSession(tools, run(number));
const live = async () => {
  const session = await readSession(notes);
  return session === null ? [] : liveLeases(session, new Date(at)).map(({ id }) => id);
};

test('a run opens a session, holds it to its deadline without renewing, and ends it', async () => {
  const { session, deadline } = await hold(1);
  at += 3 * HOUR_MS;
  expect(await live()).toEqual([run(1).id]);
  expect(await readSession(notes)).toMatchObject({ openedBy: run(1).id, leases: [{ until: deadline }] });
  expect(await release(1)).toMatchObject({ outcome: 'stopped', session, stopped: { left: [] } });
  expect(compute.machines).toEqual([]);
});

test('each of the two run again leaves what it left', async () => {
  const { session } = await hold(1);
  expect((await hold(1)).session).toBe(session);
  expect(await live()).toEqual([run(1).id]);
  expect(compute.peak).toBe(1);
  await release(1);
  expect(await release(1)).toEqual({ outcome: 'none-open', session: null, why: null, stopped: null });
});

test('a session that somebody else opened goes on, without the lease', async () => {
  await hold(1);
  await hold(2);
  expect(await live()).toEqual([run(1).id, run(2).id]);
  expect(await release(2)).toMatchObject({ outcome: 'left', why: `${run(1).id} opened it` });
  expect(await live()).toEqual([run(1).id]);
  expect(compute.machines).toHaveLength(1);
});

test('a session of this run that somebody else uses goes on, and only this lease is gone', async () => {
  await hold(1);
  await changeSession(tools, (current) => withLease(current, lease, new Date(at)));
  expect(await release(1)).toMatchObject({
    outcome: 'left',
    why: 'ben on laptop uses it: looking at models',
  });
  expect(await live()).toEqual(['l1']);
  expect(compute.machines).toHaveLength(1);
});

test('where there has never been a session, nothing is asked of the cloud', async () => {
  tools = {
    ...tools,
    openCompute: async () => {
      throw new Error('asked');
    },
  };
  expect((await release(1)).outcome).toBe('none-open');
});
