import { afterAll, beforeAll, expect, test } from 'vitest';
import { ciMachine, ciWith, makeCiTeam, meters, publish } from '../support/ci-team.js';
import { type GithubTestServer, startGithubServer } from '../support/github-server/server.js';
import { git } from '../support/scratch.js';
import type { Team } from '../support/team.js';

const ADDRESS = 'https://github.com/team/meters.git';

let team: Team;
let branch: string;
let server: GithubTestServer;

beforeAll(async () => {
  team = await makeCiTeam({}, { keep: true });
  branch = await publish(team, team.clone, await meters(1, 25));
  server = await startGithubServer(team.remote);
});

afterAll(() => server.close());

async function machineOnGithub(): Promise<string> {
  const machine = await ciMachine(team, branch);
  await git(machine, 'config', 'remote.origin.url', ADDRESS);
  await git(machine, 'config', `url.${team.remote}.insteadOf`, ADDRESS);
  return machine;
}

test('jobs tell GitHub where the remote is there; each twice leaves what once leaves', async () => {
  const machine = await machineOnGithub();
  const env = { GITHUB_API_URL: server.url, GITHUB_TOKEN: 'ana' };
  for (const job of ['pr', 'train', 'decide', 'pr']) {
    for (const time of ['once', 'twice']) {
      const ran = await ciWith(env, machine, job);
      expect(ran.exitCode, `${job} ${time}\n${ran.stderr}`).toBe(0);
      expect(ran.stderr).not.toContain('does not tell it');
    }
  }
  const { pulls, comments, statuses } = server.state;
  expect(pulls).toHaveLength(1);
  expect(pulls[0]?.body).toContain('25');
  expect(comments.map(({ body }) => body.split('\n')[0])).toEqual(['<!-- wms:gate -->']);
  expect(statuses.map(({ context, state }) => [context, state])).toEqual([['wms/gate', 'success']]);
});

test('without a token it is said how to set one', async () => {
  const { exitCode, stderr } = await ciWith({ GITHUB_API_URL: server.url }, await machineOnGithub(), 'pr');
  expect(exitCode).toBe(4);
  expect(stderr).toContain('GITHUB_TOKEN');
});
