import { describe, expect, it } from 'vitest';
import { type DeployOptions, type DeployTools, deploy } from '../../src/cloud/deploy/deploy.js';
import { describeSession } from '../../src/cloud/describe-session.pure.js';
import { readLedger } from '../../src/cloud/ledger.js';
import { reportNote } from '../../src/cloud/machine/notes.js';
import { changeSession, readSession } from '../../src/cloud/session.js';
import { withLease } from '../../src/cloud/session-rules.pure.js';
import { readCloudStatus } from '../../src/cloud/status/status.js';
import { describeStop } from '../../src/cloud/stop/describe.pure.js';
import { type StopOptions, stop } from '../../src/cloud/stop/stop.js';
import { seededRandom } from '../../src/seeded-random.pure.js';
import { FakeCompute } from '../support/fake-compute.js';
import { MemoryNotes } from '../support/memory-notes.js';
import { Killed, mortalProcess } from '../support/mortal-process.js';
import { noPrompter } from '../support/no-prompter.js';
import { silentReporter } from '../support/silent-reporter.js';
import { wantedSession } from '../support/wanted-session.js';

const START = Date.parse('2026-11-27T10:15:00Z');
const HOUR_MS = 3_600_000;

/** A team's store, its account, and the machines in it, which do what they are told. */
class World {
  readonly notes = new MemoryNotes();
  readonly compute: FakeCompute;
  at = START;
  /** What machines say of a dump; null: nothing. */
  dump: 'key' | 'failure' | null = 'key';
  stage = 'ready';

  constructor(lag?: () => number) {
    this.compute = new FakeCompute(lag);
  }

  /** One process; before its call number `lives` it is killed. */
  process(lives = Number.POSITIVE_INFINITY): DeployTools {
    const mortal = mortalProcess(lives);
    return {
      notes: mortal(this.notes),
      openCompute: async () => mortal(this.compute),
      place: { engine: 'ec2', region: 'us-east-1' },
      userData: () => '#cloud-config',
      clock: { now: () => new Date(this.at) },
      timing: {
        now: () => this.at,
        random: () => 0.5,
        sleep: async (milliseconds) => {
          this.at += milliseconds;
          await this.#tell();
        },
      },
      reporter: silentReporter(),
      prompter: noPrompter,
    };
  }

  /** Machines report as the real ones do, and fulfil wishes for dumps. */
  async #tell(): Promise<void> {
    const session = await readSession(this.notes);
    if (session === null || this.compute.machines.length === 0) return;
    const at = new Date(this.at).toISOString();
    const result = this.dump === 'key' ? { key: `dumps/${session.id}` } : { failure: 'pg_dump: no space' };
    const isWanted = this.compute.dumpsWanted.length > 0 && this.dump !== null;
    const report = {
      session: session.id,
      stage: this.stage,
      at,
      ...(isWanted ? { dump: { at, ...result } } : {}),
    };
    await this.notes.write(reportNote(session), Buffer.from(JSON.stringify(report)));
  }
}

let numbers = 0;
function options(change: Partial<DeployOptions> = {}): DeployOptions {
  numbers += 1;
  const { deadline: _, model: __, ...wanted } = wantedSession(`session-${numbers}`);
  return { wanted, model: async () => null, hours: 4, extend: null, yes: true, budget: undefined, ...change };
}

const YES: StopOptions = { yes: true, force: false, discard: false };

describe('wms-deploy', () => {
  it('opens one session, and prints the same page again', async () => {
    const here = new World();
    const first = await deploy(here.process(), options());
    const second = await deploy(here.process(), options());
    expect(first).toMatchObject({
      state: 'open',
      openedBy: 'ana',
      machine: { id: 'i-1' },
      needsTunnel: true,
    });
    expect([second?.session, second?.machine]).toEqual([first?.session, first?.machine]);
    expect(Date.parse(first!.deadline) - START).toBe(4 * HOUR_MS);
    expect(first?.cost?.untilDeadline).toBeCloseTo(4 * first!.cost!.perHour, 1);
    const page = describeSession(first!, new Date(here.at)).join('\n');
    for (const part of [
      'http://127.0.0.1:5000',
      'http://127.0.0.1:8000/docs',
      'npx wms-stop',
      '$0.37 by then',
    ])
      expect(page).toContain(part);
  });

  it('asks nobody where nobody is, and opens nothing then', async () => {
    const here = new World();
    await expect(deploy(here.process(), options({ yes: false }))).rejects.toMatchObject({
      kind: 'cloud/not-asked',
      code: 2,
    });
    const declining = { ...noPrompter, available: true, confirm: async () => false };
    expect(await deploy({ ...here.process(), prompter: declining }, options({ yes: false }))).toBeNull();
    expect([here.compute.kept.size, await readSession(here.notes)]).toEqual([0, null]);
  });

  it('lets the open session last longer, and not longer than three days', async () => {
    const here = new World();
    await expect(deploy(here.process(), options({ extend: 2 }))).rejects.toMatchObject({
      kind: 'cloud/no-session',
    });
    const { deadline } = (await deploy(here.process(), options()))!;
    const extended = await deploy(here.process(), options({ extend: 2 }));
    expect(Date.parse(extended!.deadline) - Date.parse(deadline)).toBe(2 * HOUR_MS);
    expect(here.compute.machines[0]?.machine?.deadline).toBe(extended!.deadline);
    await expect(deploy(here.process(), options({ extend: 70 }))).rejects.toMatchObject({
      kind: 'cloud/too-long',
    });
    const [entry] = await readLedger(here, new Date(here.at));
    expect(entry?.deadline).toBe(extended!.deadline);
  });

  it('closes a session whose machine ended by itself, and opens another one', async () => {
    const here = new World();
    const first = await deploy(here.process(), options());
    here.compute.powerOff();
    const second = await deploy(here.process(), options());
    expect(second?.session).not.toBe(first?.session);
    expect(here.compute.machines).toHaveLength(1);
    const ends = (await readLedger(here, new Date(here.at))).map(({ endedAt }) => endedAt !== null);
    expect(ends).toEqual([true, false]);
  });

  it('refuses while the machine of a session that is over runs', async () => {
    const here = new World();
    await deploy(here.process(), options());
    here.at += 5 * HOUR_MS;
    await expect(deploy(here.process(), options())).rejects.toMatchObject({ kind: 'cloud/closing', code: 6 });
    expect(here.compute.machines).toHaveLength(1);
  });
});

describe('wms-stop', () => {
  it('saves the registry, ends the machine, removes everything, and writes down what it has cost', async () => {
    const here = new World();
    const { session } = (await deploy(here.process(), options()))!;
    here.at += HOUR_MS;
    const stopped = await stop(here.process(), YES);
    expect(stopped).toMatchObject({ session, dump: `dumps/${session}`, left: [] });
    expect(stopped?.cost).toBeGreaterThan(0.09);
    expect(describeStop(stopped!, new Date(here.at)).join(' ')).toContain('Nothing of it is left.');
    expect(here.compute.kept.size).toBe(0);
    const status = await readCloudStatus(here.process(), 10);
    expect(status).toMatchObject({ session: null, orphans: [], budgetUsd: 10, month: { unpriced: 0 } });
    expect(status.month.usd).toBeGreaterThanOrEqual(stopped!.cost!);
    expect(await stop(here.process(), YES)).toMatchObject({ session: null, left: [] });
  });

  it('goes on with the session when its registry cannot be saved, but with --discard', async () => {
    for (const dump of ['failure', null] as const) {
      const here = new World();
      await deploy(here.process(), options());
      here.dump = dump;
      await expect(stop(here.process(), YES)).rejects.toMatchObject({ kind: 'cloud/not-saved', code: 5 });
      expect([(await readSession(here.notes))?.state, here.compute.machines.length]).toEqual(['open', 1]);
      expect(await stop(here.process(), { ...YES, discard: true })).toMatchObject({ dump: null, left: [] });
      expect(here.compute.kept.size).toBe(0);
    }
  });

  it('saves nothing of a machine that never had a registry', async () => {
    const here = new World();
    here.stage = 'failed';
    await expect(deploy(here.process(), options())).rejects.toMatchObject({ kind: 'cloud/machine-failed' });
    here.dump = null;
    expect(await stop(here.process(), YES)).toMatchObject({ dump: null, left: [] });
  });

  it('leaves a session alone that somebody uses, until its id is typed', async () => {
    const here = new World();
    const { session } = (await deploy(here.process(), options()))!;
    const lease = { id: 'x', who: 'ben', what: 'python train.py' };
    await changeSession(here.process(), (now) => withLease(now, lease, new Date(here.at)));
    await expect(stop(here.process(), YES)).rejects.toMatchObject({
      kind: 'cloud/in-use',
      code: 12,
      why: expect.stringContaining('ben: python train.py'),
    });
    await expect(stop(here.process(), { ...YES, force: true })).rejects.toMatchObject({
      kind: 'cloud/not-asked',
    });
    await expect(stop(here.process(), { ...YES, force: 'another' })).rejects.toMatchObject({
      kind: 'cloud/wrong-session',
      code: 2,
    });
    expect(here.compute.machines).toHaveLength(1);
    expect(await stop(here.process(), { ...YES, force: session })).toMatchObject({ left: [] });
  });
});

it('100 times killed at any call of deploy and of stop: a second wms-stop leaves nothing, and never two machines', async () => {
  let kills = 0;
  for (let seed = 0; seed < 100; seed += 1) {
    const random = seededRandom(seed);
    const here = new World(() => Math.floor(random() * 3));
    const lives = () => 1 + Math.floor(random() * 30);
    const killed = (error: unknown) => {
      if (!(error instanceof Killed)) throw error;
      kills += 1;
    };
    await deploy(here.process(lives()), options()).catch(killed);
    if (random() < 0.5) await deploy(here.process(lives()), options()).catch(killed);
    await stop(here.process(lives()), YES).catch(killed);
    await stop(here.process(), YES);
    expect([seed, [...here.compute.kept.keys()]]).toEqual([seed, []]);
    expect(here.compute.peak).toBeLessThanOrEqual(1);
    const { session, orphans } = await readCloudStatus(here.process(), undefined);
    expect([seed, session, orphans]).toEqual([seed, null, []]);
  }
  expect(kills).toBeGreaterThan(100);
});
