import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CodeHost } from '../../src/ports/code-host.js';
import { FakeTiming } from '../support/fake-timing.js';
import { openTestGithub } from '../support/github-server/open.js';
import { type GithubTestServer, startGithubServer } from '../support/github-server/server.js';
import { commitFiles, git } from '../support/scratch.js';
import { makeTeam, type Team } from '../support/team.js';

const HEAD = 'data/20261121-101500';
const DRAFT = { head: HEAD, base: 'main', title: 'Add 25 pairs', body: 'All well.', labels: ['data'] };
const TOKEN = 'ghp_secret';

let team: Team;
let server: GithubTestServer;
let timing: FakeTiming;
let host: CodeHost;
let head: string;
beforeEach(async () => {
  team = await makeTeam();
  server = await startGithubServer(team.remote);
  timing = new FakeTiming();
  host = openTestGithub(server, TOKEN, timing);
  await git(team.clone, 'checkout', '--quiet', '-b', HEAD);
  head = await commitFiles(team.clone, { 'a.txt': 'a' });
  await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', HEAD);
});
afterEach(() => server.close());

const order = async () => ({
  pullRequest: await host.savePullRequest(DRAFT),
  head,
  method: 'squash' as const,
  title: 'Add 25 pairs',
  message: '',
});
const answer = (status: number, message: string, headers = {}) =>
  ({ type: 'answer', status, message, headers }) as const;

describe('what passes is waited for, and nothing is made twice', () => {
  for (const operation of [
    'POST pulls',
    'POST issues/1/labels',
    'POST issues/1/comments',
    'POST pulls/1/reviews',
    'PUT pulls/1/merge',
    'GET pulls/1',
  ])
    for (const fault of [{ type: 'lost-answer' }, { type: 'reset' }, answer(502, 'Bad Gateway')] as const)
      test(`${operation}: ${fault.type}`, async () => {
        server.inject({ fault, operation, times: 1 });
        const told = await order();
        await host.saveComment(told.pullRequest, 'gate', 'better');
        await openTestGithub(server, 'bo').approve(told.pullRequest, 'better');
        const commit = (await host.merge(told)) as { commit: string };
        expect(commit).toEqual({ outcome: 'merged', commit: await git(team.remote, 'rev-parse', 'main') });
        const { pulls, comments, reviews } = server.state;
        expect([pulls.length, comments.length, reviews.length]).toEqual([1, 1, 1]);
      });

  for (const [status, message] of [
    [403, 'You have exceeded a secondary rate limit.'],
    [429, 'Too many requests'],
  ] as const)
    test(`${status} with a time is waited out`, async () => {
      const fault = answer(status, message, { 'retry-after': '30' });
      server.inject({ fault, operation: 'POST pulls', times: 1 });
      await host.savePullRequest(DRAFT);
      expect(timing.pauses[0]).toBe(30_000);
      expect(server.state.pulls).toHaveLength(1);
    });

  test('a wait of an hour is left to whoever reads the error', async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 3600);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    server.inject({ fault: answer(403, 'API rate limit exceeded', headers) });
    await expect(host.savePullRequest(DRAFT)).rejects.toMatchObject({ kind: 'host/rate-limited', code: 5 });
    expect(server.log).toHaveLength(1);
    expect(timing.pauses).toEqual([]);
  });
});

describe('what does not pass says what to do, and never the token', () => {
  for (const [status, message, kind, code, next] of [
    [401, `Bad credentials ${TOKEN}`, 'host/credentials', 4, 'GITHUB_TOKEN'],
    [
      403,
      'GitHub Actions is not permitted to create or approve pull requests.',
      'host/actions-not-allowed',
      4,
      '"Allow GitHub Actions to create and approve pull requests"',
    ],
    [403, 'Resource not accessible by integration', 'host/not-allowed', 4, 'pull-requests'],
    [404, 'Not Found', 'host/not-found', 4, 'remote'],
    [422, 'Validation Failed', 'host/refused', 5, 'reason'],
    [502, 'Bad Gateway', 'host/unreachable', 5, 'again'],
  ] as const)
    test(`${status}: ${message}`, async () => {
      server.inject({ fault: answer(status, message), operation: 'POST pulls' });
      const error = await host.savePullRequest(DRAFT).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind, code, next: expect.stringContaining(next) });
      expect(`${error} ${JSON.stringify(error)} ${(error as { why?: string }).why}`).not.toContain(TOKEN);
    });
});

describe('rules of the base branch', () => {
  test('what they still ask for is left to GitHub to wait for', async () => {
    server.state.missing = 'At least 1 approving review is required by reviewers with write access.';
    expect(await host.merge(await order())).toEqual({ outcome: 'waits' });
    expect(server.state.autoMerges).toMatchObject([{ expectedHeadOid: head, mergeMethod: 'SQUASH' }]);
    expect(server.log).not.toContain('PUT pulls/1/merge');
  });

  test('where GitHub may not wait, the setting is named', async () => {
    server.state.missing = 'Required status check "build" is expected.';
    server.state.autoMergeAllowed = false;
    await expect(host.merge(await order())).rejects.toMatchObject({
      kind: 'host/auto-merge-off',
      code: 4,
      next: expect.stringContaining('"Allow auto-merge"'),
    });
  });

  test('GitHub is late to see that nothing is missing: merged at once', async () => {
    server.state.isLate = true;
    expect(await host.merge(await order())).toMatchObject({ outcome: 'merged' });
    expect(server.log.slice(-2)).toEqual(['POST /graphql', 'PUT pulls/1/merge']);
  });
});

test('a body that is too long for GitHub is cut', async () => {
  const made = await host.savePullRequest({ ...DRAFT, body: 'x'.repeat(70_000) });
  expect(made.body).toHaveLength(65_536);
  expect(made.body).toContain('cut');
});
