import { expect, test } from 'vitest';
import { githubRepository } from '../../src/adapters/github/place.pure.js';

const METERS = {
  owner: 'team',
  repo: 'meters',
  url: 'https://github.com/team/meters',
  apiUrl: 'https://api.github.com',
};
const ENTERPRISE = {
  GITHUB_SERVER_URL: 'https://git.example.com',
  GITHUB_API_URL: 'https://git.example.com/api/v3',
};

test.each([
  'https://github.com/team/meters',
  'https://github.com/team/meters.git',
  'https://x-access-token:secret@github.com/team/meters.git/',
  'git@github.com:team/meters.git',
  'ssh://git@github.com:22/team/meters',
  'github.com:team/meters',
])('%s is on GitHub, and its password goes nowhere', (address) => {
  expect(githubRepository([address], {})).toEqual(METERS);
  expect(githubRepository(['/srv/git/meters', address], ENTERPRISE)?.owner).toBe('team');
});

test('an Enterprise server is the one of the workflow', () => {
  const found = {
    ...METERS,
    url: 'https://git.example.com/team/meters',
    apiUrl: 'https://git.example.com/api/v3',
  };
  expect(githubRepository(['git@git.example.com:team/meters'], ENTERPRISE)).toEqual(found);
  const { GITHUB_SERVER_URL } = ENTERPRISE;
  expect(githubRepository(['git@git.example.com:team/meters'], { GITHUB_SERVER_URL })).toEqual(found);
  expect(githubRepository(['https://github.com/team/meters'], ENTERPRISE)).toEqual(METERS);
});

test.each([
  '/srv/git/github.com/team/meters',
  '../meters.git',
  'file:///srv/github.com/team/meters',
  'https://gitlab.com/team/meters',
  'https://github.com.evil.example/team/meters',
  'git@evil.example:github.com/team/meters',
  'https://github.com/team',
  'https://github.com/team/meters/extra',
  'https://github.com/team/me$(touch x)ters',
  'C:\\github.com\\team',
])('%s is not', (address) => {
  expect(githubRepository([address], {})).toBeNull();
  expect(githubRepository([address], ENTERPRISE)).toBeNull();
});
