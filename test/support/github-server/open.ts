import { openGithubHost } from '../../../src/adapters/github/host.js';
import type { CodeHost } from '../../../src/ports/code-host.js';
import { FakeTiming } from '../fake-timing.js';
import type { GithubTestServer } from './server.js';

export function openTestGithub(server: GithubTestServer, login: string, timing = new FakeTiming()): CodeHost {
  const place = { apiUrl: server.url, url: 'https://github.test/team/meters', token: login, timing };
  return openGithubHost({ ...place, owner: 'team', repo: 'meters' });
}
