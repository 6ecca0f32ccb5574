import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import { ci, ciMachine, makeCiTeam, meters, publish } from '../support/ci-team.js';
import type { Team } from '../support/team.js';
import { wantedSession } from '../support/wanted-session.js';

let team: Team;
let branch: string;

beforeAll(async () => {
  team = await makeCiTeam({ train: { command: ['./train.sh'], where: 'session' } }, { keep: true });
  branch = await publish(team, team.clone, await meters(1, 25));
});

test('without a session nothing is trained, and the next command is told', async () => {
  const { exitCode, stderr } = await ci(await ciMachine(team, branch), 'train');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('none is open');
  expect(stderr).toContain(`npx wms ci session ${branch}`);
  expect(stderr).toContain('"where": "runner"');
  expect(stderr).not.toContain('✔');
});

test('on a session of this computer the command runs here', async () => {
  const clone = await ciMachine(team, branch);
  const notes = openDirectoryNotes({ path: join(clone, '.git/wms/local') });
  const deadline = new Date(Date.now() + 3_600_000).toISOString();
  const open = { version: 1, state: 'open', openedAt: deadline, leases: [], ...wantedSession('here') };
  const session = { ...open, engine: 'local', region: 'local', deadline };
  await notes.write('cloud/session', Buffer.from(JSON.stringify(session)));
  const trained = await ci(clone, 'train');
  expect(trained.exitCode, trained.stderr).toBe(0);
  expect(trained.facts).toMatchObject({ outcome: 'trained', version: '1' });
  expect(trained.stderr).toContain('here is on this computer: the command runs here');
  // What was trained is not trained again, whether a session is open or not.
  const elsewhere = await ci(await ciMachine(team, branch), 'train');
  expect(elsewhere.facts).toMatchObject({ outcome: 'trained-before', version: '1' });
});
