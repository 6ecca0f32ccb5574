import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { teamTemplate } from '../support/bad-push.js';
import { ci, ciWith, meters, prepareTrainedBranch, publish } from '../support/ci-team.js';
import { pretendGithub } from '../support/github-machine.js';
import { type GithubTestServer, startGithubServer } from '../support/github-server/server.js';
import { modelJson } from '../support/model-commands.js';
import { pairsAt } from '../support/pairs-at.js';
import { onRemote } from '../support/promoted-models.js';
import { commitFiles, git } from '../support/scratch.js';
import { dataBranches, joinTeam, type Team } from '../support/team.js';

/** By people or by the code host, and what `finish` makes of that. */
let branch: string;
const ready = teamTemplate(async (team) => {
  branch = await prepareTrainedBranch(team);
});

let team: Team;
beforeEach(async () => {
  team = await ready();
});

const metadata = async () => JSON.parse(await onRemote(team, 'model-metadata.json'));
const promoted = async (clone: string) =>
  (await modelJson(clone, 'history')).promotions.map(({ version }: { version: string }) => version);

/** What another branch comes to, whose model is better: merged and promoted, too. */
async function mergeAnother(run: (clone: string, ...args: string[]) => ReturnType<typeof ci>) {
  const clone = await joinTeam(team);
  await commitFiles(clone, { 'weights/current': 'good' }, 'weights: good');
  const other = await publish(team, clone, await meters(30, 42));
  await git(clone, 'switch', '--quiet', '--force-create', other, `origin/${other}`);
  for (const job of ['train', 'decide', 'finish']) {
    const ran = await run(clone, job);
    expect(ran.exitCode, `${job}\n${ran.stderr}`).toBe(0);
  }
}

describe('on GitHub', () => {
  let server: GithubTestServer;
  let machine: string;

  beforeEach(async () => {
    server = await startGithubServer(team.remote);
    machine = await joinTeam(team);
    await pretendGithub(team, machine);
  });
  afterEach(() => server.close());

  const onGithub = (clone: string, ...args: string[]) =>
    ciWith({ GITHUB_API_URL: server.url, GITHUB_TOKEN: 'ana' }, clone, ...args);

  test('what auto-merge has merged and deleted is ended well, by each command of the chain', async () => {
    server.state.missing = 'At least 1 approving review is required by reviewers with write access.';
    expect((await onGithub(machine, 'finish', branch)).facts).toMatchObject({ outcome: 'waits' });
    server.state.missing = null;
    await server.state.mergeByItself(1);
    for (const job of ['check', 'pr', 'rebase', 'decide', 'session']) {
      const { exitCode, facts, stderr } = await onGithub(machine, job, branch);
      expect(exitCode, `${job}\n${stderr}`).toBe(0);
      expect(facts).toMatchObject({
        outcome: 'merged-before',
        branch,
        pullRequest: expect.stringMatching(/pull\/1$/),
      });
      expect(stderr).toContain(`npx wms ci finish ${branch}`);
    }
    const finished = await onGithub(machine, 'finish', branch);
    expect(finished.exitCode, finished.stderr).toBe(0);
    expect(finished.facts).toMatchObject({
      outcome: 'merged',
      version: '1',
      production: '1',
      pullRequest: expect.stringMatching(/pull\/1$/),
      commit: await git(team.remote, 'rev-parse', 'main'),
    });
    expect(finished.stderr).toContain('/pull/1');
    expect(await metadata()).toMatchObject({ model_version: '1' });
    expect(await promoted(machine)).toEqual(['1']);
    expect((await onGithub(machine, 'finish', branch)).facts).toMatchObject({ outcome: 'finished-before' });
    expect((await onGithub(machine, 'stop', branch)).exitCode).toBe(0);

    const never = await onGithub(machine, 'finish', 'data/20200101-000000');
    expect(never.exitCode).toBe(2);
    expect(never.stderr).toContain('has no branch data/20200101-000000');
  });

  test('where only squash merges are allowed, finish squashes, once', async () => {
    server.state.methods = ['squash'];
    const main = await git(team.remote, 'rev-parse', 'main');
    const { exitCode, facts, stderr } = await onGithub(machine, 'finish', branch);
    expect(exitCode, stderr).toBe(0);
    const merged = await git(team.remote, 'rev-parse', 'main');
    expect(facts).toMatchObject({ outcome: 'merged', version: '1', production: '1', commit: merged });
    expect(await git(team.remote, 'log', '-1', '--format=%P', merged)).toBe(main);
    expect(await metadata()).toMatchObject({ model_version: '1' });
    expect(await pairsAt(team, 'main')).toHaveLength(12);
    expect(await dataBranches(team)).toEqual([]);
    expect((await onGithub(machine, 'finish', branch)).facts).toMatchObject({ outcome: 'finished-before' });
    expect(await git(team.remote, 'rev-parse', 'main')).toBe(merged);
  });

  test('what a person has merged before, as one commit, gets its model promoted', async () => {
    expect((await onGithub(machine, 'pr', branch)).exitCode).toBe(0);
    await server.state.mergeByItself(1, 'squash');
    const { exitCode, facts, stderr } = await onGithub(machine, 'finish', branch);
    expect(exitCode, stderr).toBe(0);
    expect(facts).toMatchObject({ outcome: 'merged', version: '1', production: '1' });
    expect(await metadata()).toMatchObject({ model_version: '1' });
    expect(await pairsAt(team, 'main')).toHaveLength(12);
  });

  test('squashed, killed right after that, and another promotion since: merged, and Production stays', async () => {
    server.state.methods = ['squash'];
    server.state.missing = 'At least 1 approving review is required by reviewers with write access.';
    expect((await onGithub(machine, 'finish', branch)).facts).toMatchObject({ outcome: 'waits' });
    server.state.missing = null;
    const tip = await git(team.remote, 'rev-parse', branch);
    await server.state.mergeByItself(1, 'squash');
    await git(team.remote, 'update-ref', `refs/heads/${branch}`, tip);
    await mergeAnother(async (clone, ...args) => {
      await pretendGithub(team, clone);
      return onGithub(clone, ...args);
    });
    const main = await git(team.remote, 'rev-parse', 'main');
    const { exitCode, facts, stderr } = await onGithub(machine, 'finish', branch);
    expect(exitCode, stderr).toBe(0);
    expect(facts).toMatchObject({ outcome: 'merged', version: '1', production: '2' });
    expect(stderr).not.toContain('Blocked');
    expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
    expect(await promoted(machine)).toEqual(['2', '1']);
    expect(await dataBranches(team)).toEqual([]);
  });
});

test('squashed by hand, of which nobody told the host: seen in main, and the better Production stays', async () => {
  const person = await joinTeam(team);
  await git(person, 'merge', '--quiet', '--squash', `origin/${branch}`);
  await git(person, 'commit', '--quiet', '--no-verify', '-m', 'squashed');
  await git(person, 'push', '--quiet', '--no-verify');
  await mergeAnother(ci);
  const main = await git(team.remote, 'rev-parse', 'main');
  const { exitCode, facts, stderr } = await ci(person, 'finish', branch);
  expect(exitCode, stderr).toBe(0);
  expect(facts).toMatchObject({ outcome: 'merged', verdict: { decision: 'not-better' } });
  expect(facts.production).not.toBe(facts.version);
  expect(stderr).not.toContain('Blocked');
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
  expect(await dataBranches(team)).toEqual([]);
});
