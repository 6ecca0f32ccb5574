import { describe, expect, it } from 'vitest';
import { sshArguments } from '../../src/adapters/tunnels/ssh-arguments.pure.js';
import { type Connection, connect } from '../../src/cloud/connect/connect.js';
import { MACHINE_PORTS } from '../../src/cloud/facts.js';
import { DOOR_PORT } from '../../src/cloud/machine/facts.js';
import { doorsNote } from '../../src/cloud/machine/notes.js';
import { HOST_KEY, NOW, reachableMachine } from '../support/reachable-machine.js';

async function opened(changes: Parameters<typeof reachableMachine>[0] = {}) {
  const shown: Connection[] = [];
  const there = await reachableMachine(changes);
  const run = (from: string | null = null) =>
    connect(there.tools, { ports: MACHINE_PORTS, from }, (connection) => void shown.push(connection));
  return { ...there, shown, run };
}

describe('cloud connect', () => {
  it('goes by Session Manager where its plugin is, and opens nothing for that', async () => {
    const { tunnels, stop, shown, run, compute, machine, session } = await opened();
    for (const name of ['session-manager-plugin', 'ssh', 'ssh-keygen']) tunnels.programs.add(name);
    tunnels.onOpen = () => stop.abort();
    await run();
    expect(tunnels.opened).toEqual([
      {
        way: 'Session Manager',
        place: { machine: machine.id, region: 'us-east-1' },
        forwards: [
          { local: 5001, remote: 5000 },
          { local: 8000, remote: 8000 },
        ],
      },
    ]);
    expect(shown).toEqual([
      {
        session: session.id,
        way: 'Session Manager',
        mlflow: 'http://127.0.0.1:5001',
        api: 'http://127.0.0.1:8000',
      },
    ]);
    expect(compute.doors.size).toBe(0);
  });

  it('goes by SSH for one address while it lasts, and takes everything back', async () => {
    const { tunnels, stop, run, compute, session, machine, wanted } = await opened();
    for (const name of ['session-manager-plugin', 'ssh', 'ssh-keygen']) tunnels.programs.add(name);
    tunnels.broken.add('Session Manager');
    const during: unknown[] = [];
    tunnels.onOpen = () => {
      during.push(
        [...compute.doors],
        wanted().map(({ key, address }) => ({ key, address })),
      );
      stop.abort();
    };
    await run();
    const key = `ssh-ed25519 ${'A'.repeat(68)}`;
    expect(during).toEqual([[`${session.id} 198.51.100.7 22-22`], [{ key, address: '198.51.100.7' }]]);
    expect(tunnels.opened[0]).toMatchObject({
      way: 'SSH',
      place: { address: machine.address, port: 22, user: 'wms-tunnel', hostKey: HOST_KEY },
    });
    expect(compute.doors.size).toBe(0);
    expect(wanted()).toEqual([]);
    expect(tunnels.keys).toBe(0);
  });

  it('goes by TLS where no program helps, from the address that was named', async () => {
    const { tunnels, stop, run, compute, session, wanted } = await opened({ report: { isServing: false } });
    let token: string | undefined;
    tunnels.onOpen = () => {
      token = wanted()[0]?.token;
      expect([...compute.doors]).toEqual([`${session.id} 203.0.113.9 ${DOOR_PORT}-${DOOR_PORT}`]);
      stop.abort();
    };
    await run('203.0.113.9');
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(tunnels.opened[0]?.place).toMatchObject({ port: DOOR_PORT, certificate: 'PEM', token });
    expect(compute.doors.size).toBe(0);
  });

  it('leaves the door open for somebody else behind the same address', async () => {
    const { tunnels, stop, run, compute, notes, session, wanted } = await opened();
    const other = {
      id: 'other',
      until: new Date(NOW + 600_000).toISOString(),
      address: '198.51.100.7',
      port: DOOR_PORT,
    };
    await notes.write(doorsNote(session), Buffer.from(JSON.stringify({ version: 1, doors: [other] })));
    tunnels.onOpen = () => stop.abort();
    await run();
    expect(wanted()).toEqual([other]);
    expect(compute.doors.size).toBe(1);
  });

  it('needs no tunnel to a machine that is here', async () => {
    const { tunnels, run, compute, shown, machine } = await opened();
    const urls = { mlflow: 'http://127.0.0.1:5050' };
    compute.find = async () => [{ ...machine, urls }];
    await run();
    expect(shown).toMatchObject([{ way: null, mlflow: urls.mlflow, api: null }]);
    expect(tunnels.opened).toEqual([]);
  });

  it('never opens for all', async () => {
    for (const address of ['0.0.0.0', '::', '::/0', '0.0.0.0/0', '198.51.100.0/24', '']) {
      const { tunnels, run, compute, wanted } = await opened();
      await expect(run(address)).rejects.toMatchObject({ kind: 'cloud/open-to-all', code: 2 });
      expect(compute.doors.size).toBe(0);
      expect(wanted()).toEqual([]);
      expect(tunnels.opened).toEqual([]);
    }
  });

  it('takes everything back when no way leads there, and tells what each said', async () => {
    const { tunnels, run, compute, wanted } = await opened();
    for (const name of ['ssh', 'ssh-keygen']) tunnels.programs.add(name);
    for (const way of ['SSH', 'TLS'] as const) tunnels.broken.add(way);
    await expect(run()).rejects.toMatchObject({
      kind: 'cloud/no-tunnel',
      code: 5,
      why: 'Session Manager: no session-manager-plugin here.\nSSH: SSH is broken.\nTLS: TLS is broken.',
    });
    expect(compute.doors.size).toBe(0);
    expect(wanted()).toEqual([]);
    expect(tunnels.keys).toBe(0);
  });

  it('can be ended while it still waits for the machine, and takes everything back', async () => {
    const { tunnels, stop, run, compute, shown, wanted, reporter } = await opened({ deaf: true });
    tunnels.publicAddress = async () => {
      stop.abort();
      return '198.51.100.7';
    };
    await run();
    expect(shown).toEqual([]);
    expect(reporter.lines).toEqual(['○ Tunnel interrupted']);
    expect(compute.doors.size).toBe(0);
    expect(wanted()).toEqual([]);
  });

  it('says so when the machine lets nobody in, is not ready, is gone, or the tunnel breaks', async () => {
    const deaf = await opened({ deaf: true });
    await expect(deaf.run()).rejects.toMatchObject({ kind: 'cloud/no-tunnel', code: 5 });
    expect(deaf.compute.doors.size).toBe(0);

    const early = await opened({ report: { stage: 'booted' } });
    await expect(early.run()).rejects.toMatchObject({ kind: 'cloud/not-ready', code: 5 });

    const gone = await opened();
    gone.compute.powerOff();
    await expect(gone.run()).rejects.toMatchObject({ kind: 'cloud/ended', code: 6 });

    const broken = await opened();
    broken.tunnels.onOpen = (end) => end('packet_write_wait: Broken pipe');
    await expect(broken.run()).rejects.toMatchObject({
      kind: 'cloud/tunnel-ended',
      code: 5,
      why: 'packet_write_wait: Broken pipe',
    });
    expect(broken.compute.doors.size).toBe(0);
  });
});

it('SSH speaks only to the machine that is meant, and with nothing of the user', () => {
  const place = { address: '192.0.2.4', port: 22, user: 'wms-tunnel', keyFile: '/tmp/k' };
  const words = sshArguments(place, '/tmp/known hosts', [{ local: 5001, remote: 5000 }]);
  const text = words.join(' ');
  expect(text).toContain('-o StrictHostKeyChecking=yes');
  expect(text).toContain('-o UserKnownHostsFile="/tmp/known hosts"');
  expect(text).toContain('-L 127.0.0.1:5001:127.0.0.1:5000');
  expect(text).toContain('-F none');
  expect(words.at(-1)).toBe('wms-tunnel@192.0.2.4');
  expect(words).toContain('-N');
});
