import { beforeEach, describe, expect, it } from 'vitest';
import { closeSession } from '../../src/cloud/close-session.js';
import { type DeployTools, deploy } from '../../src/cloud/deploy/deploy.js';
import { reportNote } from '../../src/cloud/machine/notes.js';
import { readSession } from '../../src/cloud/session.js';
import { WmsError } from '../../src/errors.js';
import type { BilledThing, MachineOrder } from '../../src/ports/compute.js';
import { FakeCompute } from '../support/fake-compute.js';
import { FakeTiming } from '../support/fake-timing.js';
import { MemoryNotes } from '../support/memory-notes.js';
import { noPrompter } from '../support/no-prompter.js';
import { silentReporter } from '../support/silent-reporter.js';
import { wantedSession } from '../support/wanted-session.js';

/** An engine that can tell before, and keeps a stack. */
class Planning extends FakeCompute {
  readonly planned: MachineOrder[] = [];
  /** Why the stack cannot be destroyed; null: nothing of it is left. */
  reason: string | null = null;

  async plan(order: MachineOrder): Promise<string> {
    this.planned.push(order);
    return `  + aws_instance.machine\n\nPlan: 2 to add, 0 to change, 0 to destroy.`;
  }

  override async billed(): Promise<BilledThing[]> {
    const stack = { kind: 'stack', id: 'terraform', session: 'old' } as const;
    return [...(this.reason === null ? [] : [stack]), ...(await super.billed())];
  }

  override async remove(thing: BilledThing): Promise<string | null> {
    return thing.kind === 'stack' ? this.reason : super.remove(thing);
  }
}

let compute: Planning;
let notes: MemoryNotes;
let timing: FakeTiming;
let reporter: ReturnType<typeof silentReporter>;
let asked: string[];
beforeEach(() => {
  compute = new Planning();
  notes = new MemoryNotes();
  timing = new FakeTiming();
  reporter = silentReporter();
  asked = [];
});

function tools(agrees?: boolean): DeployTools {
  const confirm = async (question: string) => {
    asked.push(...reporter.lines, question);
    return agrees === true;
  };
  const now = new Date('2026-11-27T10:15:00Z');
  return {
    ...{ notes, timing, reporter, clock: { now: () => now } },
    openCompute: async () => compute,
    place: { engine: 'terraform', region: 'us-east-1' },
    userData: ({ id, model }) => `${id} ${model === null}`,
    prompter: agrees === undefined ? noPrompter : { ...noPrompter, available: true, confirm },
  };
}
const { deadline: _, model: __, ...wanted } = wantedSession('one');
const options = { wanted, model: async () => null, hours: 4, extend: null, yes: false, budget: undefined };
const ready = async () => {
  const report = { session: 'one', stage: 'ready', at: '2026-11-27T10:16:00Z' };
  await notes.write(reportNote({ id: 'one' }), Buffer.from(JSON.stringify(report)));
};

describe('a plan', () => {
  it('is shown before the question, and what was shown is what is made', async () => {
    await ready();
    await deploy(tools(true), options);
    const text = asked.join('\n');
    expect(text).toContain('✔ Plan 2 to add, 0 to change, 0 to destroy\n  + aws_instance.machine');
    expect(text.indexOf('Plan')).toBeLessThan(text.indexOf('Open this session?'));
    const [made] = [...compute.orders.values()].map(({ order }) => order);
    expect(compute.planned.map((order) => JSON.stringify(order))).toEqual([JSON.stringify(made)]);
  });

  it('that is declined makes nothing', async () => {
    expect(await deploy(tools(false), options)).toBeNull();
    expect([compute.planned.length, compute.orders.size, await readSession(notes)]).toEqual([1, 0, null]);
  });

  it('is not made where nobody is asked', async () => {
    await expect(deploy(tools(), options)).rejects.toMatchObject({ kind: 'cloud/not-asked' });
    await ready();
    await deploy(tools(), { ...options, yes: true });
    expect(compute.planned).toEqual([]);
  });

  it('that fails is told, and nothing is opened', async () => {
    compute.plan = async () => {
      throw new WmsError({ kind: 'cloud/terraform-invalid', code: 2, what: 'No.' });
    };
    await expect(deploy(tools(true), options)).rejects.toMatchObject({ kind: 'cloud/terraform-invalid' });
    expect([reporter.lines.at(-1), await readSession(notes)]).toEqual(['✖ Plan ', null]);
  });
});

it('a stack that cannot be destroyed has waited by itself: the reason is told at once', async () => {
  compute.reason = 'It is locked.';
  const { left } = await closeSession(tools(), { force: false, save: async () => undefined });
  expect(left).toEqual([
    { thing: { kind: 'stack', id: 'terraform', session: 'old' }, reason: 'It is locked.' },
  ]);
  expect(timing.pauses).toEqual([]);
});
