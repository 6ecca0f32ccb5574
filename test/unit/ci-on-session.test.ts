import { describe, expect, it } from 'vitest';
import { likelyCause } from '../../src/ci/likely.pure.js';
import { openOnSession, type TrainingPlace } from '../../src/ci/on-session.js';
import { changeSession, type Session } from '../../src/cloud/session.js';
import { reachableMachine } from '../support/reachable-machine.js';

const BRANCH = 'data/20261127-101500';
const HOUR_MS = 3_600_000;

/** A session that is open from 10:15 to 14:15; it is 10:30. */
async function wanted(report: object = { trainTicket: 'ticket' }, change: Partial<Session> = {}) {
  const there = await reachableMachine({ report });
  for (const name of ['ssh', 'ssh-keygen']) there.tunnels.programs.add(name);
  await changeSession(there.tools, (current) => ({ ...(current as Session), ...change }));
  const places: TrainingPlace[] = [];
  const commands = { start: () => Promise.reject() as never };
  const openCommands = (place: TrainingPlace) => {
    places.push(place);
    return commands;
  };
  const open = (tracking: string | null = null) =>
    openOnSession({ ...there.tools, openCommands }, BRANCH, tracking);
  return { ...there, places, commands, open };
}

describe('training on the session', () => {
  it('reaches nothing but the port for commands, and closes all of it', async () => {
    const { open, tunnels, places, commands, compute, wanted: doors, reporter, session } = await wanted();
    const { commands: there, leave } = await open();
    expect(there).toBe(commands);
    expect(tunnels.opened).toMatchObject([{ way: 'SSH', forwards: [{ local: 7000, remote: 7000 }] }]);
    expect(places).toMatchObject([{ port: 7000, ticket: 'ticket' }]);
    expect(places[0]?.name).toContain(session.id);
    expect(reporter.lines.join()).toMatch(/✔ Session \S+ · until .* \(3 h 45 min\)/);
    await leave();
    expect([compute.doors.size, doors(), tunnels.keys]).toEqual([0, [], 0]);
  });

  it('leads to the MLflow of the session where the settings have its address', async () => {
    const { open, tunnels, reporter } = await wanted();
    const forwards = { MLflow: { local: 5000, remote: 5000 }, commands: { local: 7000, remote: 7000 } };
    tunnels.freePort = async (port) => port;
    await open('http://localhost:5000');
    expect(tunnels.opened.at(-1)?.forwards).toEqual([forwards.commands, forwards.MLflow]);
    for (const other of ['http://127.0.0.1:5001', 'https://mlflow.example', 'databricks']) {
      await open(other);
      expect(tunnels.opened.at(-1)?.forwards).toEqual([forwards.commands]);
    }
    expect(reporter.lines.join()).not.toContain('already');
    tunnels.freePort = async (port) => port + 1;
    await open('http://127.0.0.1:5000');
    expect(reporter.lines.join()).toContain('listens on port 5000 already');
  });

  it('warns where the session ends sooner than a training may', async () => {
    const { open, reporter } = await wanted(undefined, { deadline: '2026-11-27T11:00:00.000Z' });
    await open();
    expect(reporter.lines.join()).toMatch(/⚠ Session .*\(30 min\).*npx wms-deploy --extend 1/);
  });

  it('leaves it to this computer where the session is on it', async () => {
    const { open, tunnels, reporter } = await wanted({}, { engine: 'local' });
    expect((await open()).commands).toBeNull();
    expect(tunnels.opened).toEqual([]);
    expect(reporter.lines).toEqual([expect.stringContaining('is on this computer: the command runs here')]);
  });

  it.each([
    ['closed', { state: 'closed' }, 'its deadline was'],
    ['being closed', { state: 'closing' }, 'is being closed'],
    ['over', { deadline: '2026-11-27T10:20:00.000Z' }, 'its deadline was'],
  ] as const)('says what to do where the session is %s', async (_, change, why) => {
    const { open, tunnels } = await wanted(undefined, change);
    await expect(open()).rejects.toMatchObject({
      kind: 'cloud/no-session',
      code: 2,
      why: expect.stringContaining(why),
      next: `npx wms ci session ${BRANCH}, or train on the runner: "train": { "where": "runner" } in wms.config.json`,
    });
    expect(tunnels.opened).toEqual([]);
  });

  it('says what to do with a machine of an earlier version, and leaves nothing open', async () => {
    const { open, compute, wanted: doors } = await wanted({});
    await expect(open()).rejects.toMatchObject({
      kind: 'ci/session-takes-no-commands',
      code: 6,
      next: `npx wms-stop, then: npx wms ci session ${BRANCH}`,
    });
    expect([compute.doors.size, doors()]).toEqual([0, []]);
  });

  it('tells a lost connection: what the tunnel said, or that the deadline had come', async () => {
    const { open, tunnels, places, tools } = await wanted();
    let end: (said: string) => void = () => undefined;
    tunnels.onOpen = (ends) => {
      end = ends;
    };
    await open();
    end('Timeout, server not responding.');
    await Promise.resolve();
    const error = places[0]?.lost('The machine closed it.');
    expect(error).toMatchObject({ kind: 'train/connection-lost', code: 5 });
    expect(error?.why).toContain('The machine closed it. Timeout, server not responding.');
    expect(likelyCause(`${error?.message} ${error?.why}`), 'no guess at credentials').toBeNull();
    await tools.timing.sleep(0);
    tools.clock.now = () => new Date(Date.parse('2026-11-27T10:30:00Z') + 4 * HOUR_MS);
    expect(places[0]?.lost('').why).toContain('Its deadline was');
    expect(places[0]?.lost('').next).toContain('cloud.hours');
  });
});
