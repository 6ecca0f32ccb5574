import type { DoorRequest } from '../../src/cloud/connect/doors.js';
import { doorsNote, reportNote } from '../../src/cloud/machine/notes.js';
import type { MachineReport } from '../../src/cloud/machine/report.pure.js';
import { openMachine } from '../../src/cloud/open-machine.js';
import { FakeCompute } from './fake-compute.js';
import { FakeTunnels } from './fake-tunnels.js';
import { MemoryNotes } from './memory-notes.js';
import { silentReporter } from './silent-reporter.js';
import { wantedSession } from './wanted-session.js';

export const NOW = Date.parse('2026-11-27T10:30:00Z');
export const HOST_KEY = `ssh-ed25519 ${'B'.repeat(68)}`;

/** A session whose machine lets in who asks for it, unless it is `deaf`. */
export async function reachableMachine({
  report = {},
  deaf = false,
}: {
  report?: Partial<MachineReport>;
  deaf?: boolean;
} = {}) {
  let at = NOW;
  const compute = new FakeCompute();
  const notes = new MemoryNotes();
  const tunnels = new FakeTunnels();
  const reporter = silentReporter();
  const stop = new AbortController();
  const told = { stage: 'ready', isServing: true, hostKey: HOST_KEY, certificate: 'PEM', ...report };
  const tell = async () => {
    const doors = deaf ? [] : wanted().map(({ id }) => id);
    const text = JSON.stringify({ session: session.id, at: new Date(at).toISOString(), ...told, doors });
    await notes.write(reportNote(session), Buffer.from(text));
  };
  const tools = {
    notes,
    tunnels,
    reporter,
    stop: stop.signal,
    clock: { now: () => new Date(at) },
    timing: {
      now: () => at,
      random: () => 0.5,
      async sleep(milliseconds: number, signal?: AbortSignal) {
        // Renewals wait for the end of the tunnel.
        if (milliseconds > 60_000)
          return new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
        at += milliseconds;
        await tell();
        signal?.throwIfAborted();
      },
    },
    place: { engine: 'ec2' as const, region: 'us-east-1' },
    openCompute: async () => compute,
    userData: () => '#cloud-config',
  };
  const { session, machine } = await openMachine(tools, wantedSession());
  function wanted(): DoorRequest[] {
    const text = notes.content.get(doorsNote(session))?.toString() ?? '{"doors":[]}';
    return (JSON.parse(text) as { doors: DoorRequest[] }).doors;
  }
  await tell();
  return { compute, notes, tunnels, reporter, stop, session, machine, wanted, tools };
}
