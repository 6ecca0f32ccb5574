import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ciMachine, ciWith, makeCiTeam, meters, publish } from '../support/ci-team.js';
import { type GithubTestServer, startGithubServer } from '../support/github-server/server.js';
import { modelJson } from '../support/model-commands.js';
import { pairsAt } from '../support/pairs-at.js';
import { onRemote } from '../support/promoted-models.js';
import { git } from '../support/scratch.js';
import { dataBranches, type Team } from '../support/team.js';

const PROTECTED =
  '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "GH006: Protected branch" >&2; exit 1; }\n';
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

test('main that nobody may push to: finish goes through the pull request, and waits for what rules ask for', async () => {
  await writeFile(join(team.remote, 'hooks/update'), PROTECTED, { mode: 0o755 });
  const machine = await machineOnGithub();
  const env = { GITHUB_API_URL: server.url, GITHUB_TOKEN: 'ana' };
  const finish = () => ciWith(env, machine, 'finish', branch);
  const main = await git(team.remote, 'rev-parse', 'main');
  const { state } = server;
  state.missing = 'At least 1 approving review is required by reviewers with write access.';
  for (const time of ['once', 'twice']) {
    const waits = await finish();
    expect(waits.exitCode, `${time}\n${waits.stderr}`).toBe(0);
    expect(waits.facts).toMatchObject({
      outcome: 'waits',
      version: '1',
      pullRequest: expect.stringContaining('/1'),
    });
  }
  expect(state.reviews).toEqual([]);
  const tip = await git(team.remote, 'rev-parse', branch);
  expect(state.autoMerges.map((each) => each.expectedHeadOid)).toEqual([tip, tip]);
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
  expect(await git(team.remote, 'log', '--format=%s', `main..${branch}`)).toMatch(
    /^model: version 1 is Production\ndata: add 25 pairs/,
  );
  // The workflow once more, from its beginning: nothing is trained again.
  expect((await ciWith(env, machine, 'train')).facts).toMatchObject({ outcome: 'trained-before' });

  // Somebody else's merge, while the rules want to see all of main in the branch.
  const moved = await git(team.remote, 'commit-tree', `${main}^{tree}`, '-p', main, '-m', 'meanwhile');
  await git(team.remote, 'update-ref', 'refs/heads/main', moved);
  Object.assign(state, { missing: null, isStrict: true });
  const message = 'Base branch was modified. Review and try the merge again.';
  server.inject({
    fault: { type: 'answer', status: 405, message },
    operation: 'PUT pulls/1/merge',
    times: 1,
  });
  const merged = await finish();
  expect(merged.exitCode, merged.stderr).toBe(0);
  expect(merged.facts).toMatchObject({
    outcome: 'merged',
    commit: await git(team.remote, 'rev-parse', 'main'),
  });
  expect(await pairsAt(team, 'main')).toHaveLength(25);
  expect(JSON.parse(await onRemote(team, 'model-metadata.json'))).toMatchObject({ model_version: '1' });
  expect((await modelJson(machine, 'baseline')).production.version).toBe('1');
  expect(await dataBranches(team)).toEqual([]);
  const [head] = (await git(team.remote, 'rev-parse', 'main^2')).split('\n');
  expect(state.statuses.filter(({ sha }) => sha === head)).toMatchObject([
    { context: 'wms/gate', state: 'success' },
  ]);
  expect(state.comments).toHaveLength(1);
  expect(state.pulls).toHaveLength(1);
  expect((await finish()).facts).toMatchObject({ outcome: 'finished-before' });
});
