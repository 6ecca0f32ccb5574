import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ciMachine, ciWith, makeCiTeam, meters, publish } from '../support/ci-team.js';
import { filesBelow, refsOf } from '../support/clone-state.js';
import { pretendGithub } from '../support/github-machine.js';
import { type GithubTestServer, startGithubServer } from '../support/github-server/server.js';
import { modelJson } from '../support/model-commands.js';
import { pairsAt } from '../support/pairs-at.js';
import { onRemote } from '../support/promoted-models.js';
import { commitFiles, git } from '../support/scratch.js';
import { dataBranches, joinTeam, type Team } from '../support/team.js';

const PROTECTED =
  '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "GH006: Protected branch" >&2; exit 1; }\n';
let team: Team;
let branch: string;
let server: GithubTestServer;

beforeAll(async () => {
  team = await makeCiTeam({ publish: { through: 'git' } }, { keep: true });
  branch = await publish(team, team.clone, await meters(1, 25));
  const other = await joinTeam(team);
  await commitFiles(other, { 'notes.txt': 'meanwhile' });
  await git(other, 'push', '--quiet');
  server = await startGithubServer(team.remote);
});

afterAll(() => server.close());

async function machineOnGithub(): Promise<string> {
  const machine = await ciMachine(team, branch);
  await pretendGithub(team, machine);
  return machine;
}

/** All that others see: on the host, on the remote, in the store. */
async function world() {
  const { pulls, comments, statuses, reviews, autoMerges } = server.state;
  return structuredClone({
    host: { pulls, comments, statuses, reviews, autoMerges },
    refs: await refsOf(team.remote),
    store: existsSync(team.store) ? filesBelow(team.store) : {},
  });
}

const SAYS: Record<string, string> = {
  ingest: 'has no raw files that wait for the store',
  check: 'Checked data/',
  pr: 'data: 25 new (25 pairs in total)',
  rebase: 'is up to date with origin/main',
  train: 'Trained before: candidate version 1',
  decide: 'decided before',
};

test('each job twice leaves what once leaves, on the host, the remote and in the store, and says so', async () => {
  const machine = await machineOnGithub();
  const env = { GITHUB_API_URL: server.url, GITHUB_TOKEN: 'ana' };
  let before = await world();
  for (const job of Object.keys(SAYS)) {
    const once = await ciWith(env, machine, job);
    expect(once.exitCode, `${job}\n${once.stderr}`).toBe(0);
    const after = await world();
    expect(after, `${job} does something`).not.toEqual(before);
    const asked = server.log.length;
    const twice = await ciWith(env, machine, job);
    expect(twice.exitCode, `${job} again\n${twice.stderr}`).toBe(0);
    expect(await world(), `${job} again`).toEqual(after);
    const writes = server.log.slice(asked).filter((each) => !/^GET |^POST \/graphql$/.test(each));
    expect(writes, `${job} again`).toEqual([]);
    expect(twice.stderr).toContain(SAYS[job]);
    for (const { stderr } of [once, twice]) expect(stderr).not.toContain('does not tell it');
    before = after;
  }
  // What has the verdict now.
  expect((await ciWith(env, machine, 'pr')).exitCode).toBe(0);
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
    /^model: version 1 is Production\ndata: merge main into data\S+\ndata: add 25 pairs/,
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
