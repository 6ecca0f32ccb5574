import { openGitRepository } from '../../src/adapters/git/repository.js';
import { openPlainGitHost } from '../../src/adapters/plain-git-host/host.js';
import { FakeTiming } from '../support/fake-timing.js';
import { openTestGithub } from '../support/github-server/open.js';
import { startGithubServer } from '../support/github-server/server.js';
import { git, isolatedEnv } from '../support/scratch.js';
import { joinTeam, makeTeam } from '../support/team.js';
import { codeHostSuite } from './code-host.suite.js';

codeHostSuite('plain Git', async () => {
  const team = await makeTeam();
  const open = async (cwd: string, env: Record<string, string> = {}) =>
    openPlainGitHost({
      git: await openGitRepository({ cwd, env: isolatedEnv(env) }),
      remote: 'origin',
      clock: { now: () => new Date() },
      timing: new FakeTiming(),
    });
  const bo = { GIT_AUTHOR_NAME: 'Bo', GIT_AUTHOR_EMAIL: 'bo@example.com' };
  const read = (ref: string, path: string) => git(team.remote, 'show', `${ref}:${path}`);
  const below = async (ref: string, path: string) =>
    (await git(team.remote, 'ls-tree', '-r', '--name-only', ref, path)).split('\n').filter(Boolean);
  return {
    team,
    host: await open(team.clone),
    other: await open(await joinTeam(team), bo),
    comments: async (head) => {
      const ref = `refs/wms/pr/${head}`;
      return Promise.all((await below(ref, 'comments/')).map((path) => read(ref, path)));
    },
    statuses: async (commit) => {
      const ref = `refs/wms/status/${commit}`;
      const texts = await Promise.all((await below(ref, 'wms/')).map((path) => read(ref, path)));
      return Object.fromEntries(texts.map((text) => JSON.parse(text)).map((each) => [each.name, each.state]));
    },
    approvals: async (head) =>
      JSON.parse(await read(`refs/wms/pr/${head}`, 'pull-request.json')).approvals.length,
  };
});

codeHostSuite('GitHub, in this process', async () => {
  const team = await makeTeam();
  const server = await startGithubServer(team.remote);
  const { state } = server;
  // Other people's comments: ours are not on the first page.
  for (const body of ['one', 'two', 'three'])
    state.comments.push({ id: state.nextId(), issue: 1, body, user: 'cleo' });
  return {
    team,
    host: openTestGithub(server, 'ana'),
    other: openTestGithub(server, 'bo'),
    comments: async () => state.comments.filter(({ user }) => user === 'ana').map(({ body }) => body),
    statuses: async (commit) =>
      Object.fromEntries(
        state.statuses.filter(({ sha }) => sha === commit).map(({ context, state: now }) => [context, now]),
      ),
    approvals: async () => state.reviews.length,
    close: () => server.close(),
  };
});
