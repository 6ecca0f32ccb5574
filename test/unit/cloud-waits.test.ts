import { describe, expect, it } from 'vitest';
import { waitUntilReady } from '../../src/cloud/deploy/wait-ready.js';
import { reportNote } from '../../src/cloud/machine/notes.js';
import type { MachineReport } from '../../src/cloud/machine/report.pure.js';
import { openMachine } from '../../src/cloud/open-machine.js';
import { saveRegistry } from '../../src/cloud/stop/save-registry.js';
import type { CloudTools } from '../../src/cloud/tools.js';
import type { Reporter } from '../../src/ports/reporter.js';
import { FakeCompute } from '../support/fake-compute.js';
import { MemoryNotes } from '../support/memory-notes.js';
import { wantedSession } from '../support/wanted-session.js';

const NOW = Date.parse('2026-11-27T10:15:00.400Z');

/** A session with its machine. `tick` is called before each moment of waiting, with the seconds that have passed. */
async function opened(
  tick: (seconds: number, tell: (change: Partial<MachineReport>) => Promise<void>) => unknown,
) {
  let at = NOW;
  const compute = new FakeCompute();
  const notes = new MemoryNotes();
  let report: MachineReport | undefined;
  const tools: CloudTools = {
    notes,
    clock: { now: () => new Date(at) },
    timing: {
      now: () => at,
      random: () => 0.5,
      async sleep(milliseconds) {
        at += milliseconds;
        await tick((at - NOW) / 1000, tell);
      },
    },
    place: { engine: 'ec2', region: 'us-east-1' },
    openCompute: async () => compute,
    userData: () => '#cloud-config',
  };
  const open = await openMachine(tools, wantedSession());
  async function tell(change: Partial<MachineReport>): Promise<void> {
    const whole = { stage: 'booted' as const, ...report, ...change };
    report = { ...whole, session: open.session.id, at: new Date(at).toISOString() };
    await notes.write(reportNote(open.session), Buffer.from(JSON.stringify(report)));
  }
  return { tools, open, compute, wanted: () => compute.dumpsWanted };
}

function listening() {
  const lines: string[] = [];
  const reporter: Reporter = {
    heading: () => undefined,
    note: () => undefined,
    pausedFor: (work) => work(),
    close: () => undefined,
    step: (title) => ({
      progress: (text) => void lines.push(`${title}: ${text}`),
      done: (text) => void lines.push(`${title} done ${text}`),
      skipped: (text) => void lines.push(`${title} skipped ${text}`),
      warned: (text) => void lines.push(`${title} warned ${text}`),
      failed: (text) => void lines.push(`${title} failed ${text}`),
    }),
  };
  return { lines, reporter, step: reporter.step('Registry') };
}

describe('waiting for a machine', () => {
  it('tells step by step what it waits for, how long, and how long that took', async () => {
    const { tools, open } = await opened(async (seconds, tell) => {
      if (seconds === 40) await tell({ stage: 'booted' });
      if (seconds === 160) await tell({ stage: 'mlflow-ready' });
      if (seconds === 230) await tell({ stage: 'ready' });
    });
    const { lines, reporter } = listening();
    await waitUntilReady(tools, reporter, open);
    expect(lines.filter((line) => line.includes(' done '))).toEqual([
      'Boot done 0:40',
      'MLflow done 2:00',
      'Model API done 1:10',
    ]);
    expect(lines).toContain('MLflow: waiting for MLflow and its database · 0:05 of at most 10 minutes');
  });

  it('passes what an earlier command has waited for already', async () => {
    const { tools, open } = await opened(async (seconds, tell) => {
      if (seconds === 5) await tell({ stage: 'ready' });
    });
    const { lines, reporter } = listening();
    await waitUntilReady(tools, reporter, open);
    expect(lines.at(-1)).toBe('Model API done 0:00');
  });

  it('ends with the last lines of a machine that failed', async () => {
    const { tools, open } = await opened(async (seconds, tell) => {
      if (seconds === 20) await tell({ stage: 'failed', failure: 'pip: no space left' });
    });
    const { lines, reporter } = listening();
    await expect(waitUntilReady(tools, reporter, open)).rejects.toMatchObject({
      kind: 'cloud/machine-failed',
      why: 'pip: no space left',
    });
    expect(lines.at(-1)).toBe('Boot failed ');
  });

  it('ends when the machine is gone, and when it takes too long', async () => {
    const ended = await opened((seconds) => seconds === 30 && ended.compute.powerOff());
    await expect(waitUntilReady(ended.tools, listening().reporter, ended.open)).rejects.toMatchObject({
      kind: 'cloud/ended',
      code: 6,
    });
    const silent = await opened(() => undefined);
    const begin = silent.tools.timing.now();
    await expect(waitUntilReady(silent.tools, listening().reporter, silent.open)).rejects.toMatchObject({
      kind: 'cloud/not-ready',
      code: 5,
    });
    expect(silent.tools.timing.now() - begin).toBe(5 * 60_000);
  });
});

describe('saving the registry', () => {
  it('waits for a dump that began after the wish, not for an older one', async () => {
    const { tools, open, wanted } = await opened(async (seconds, tell) => {
      if (seconds === 3) await tell({ stage: 'ready', dump: { at: '2026-11-27T10:14:59Z', key: 'old' } });
      if (seconds === 60) await tell({ dump: { at: '2026-11-27T10:15:58Z', key: 'new' } });
    });
    expect(await saveRegistry(tools, open.session, open.machine, listening().step)).toBe('new');
    expect(wanted()).toEqual([`${open.machine.id} 2026-11-27T10:15:00Z`]);
  });

  it('says why it was not saved', async () => {
    const { tools, open } = await opened(async (seconds, tell) => {
      if (seconds === 60) await tell({ dump: { at: '2026-11-27T10:15:58Z', failure: 'AccessDenied' } });
    });
    await expect(saveRegistry(tools, open.session, open.machine, listening().step)).rejects.toMatchObject({
      kind: 'cloud/not-saved',
      why: 'AccessDenied',
    });
    const silent = await opened(() => undefined);
    await expect(
      saveRegistry(silent.tools, silent.open.session, silent.open.machine, listening().step),
    ).rejects.toMatchObject({ kind: 'cloud/not-saved', code: 5 });
  });
});
