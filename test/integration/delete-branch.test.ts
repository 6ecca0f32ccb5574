import { expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { commitFiles, git, isolatedEnv } from '../support/scratch.js';
import { makeTeam } from '../support/team.js';

const BRANCH = 'data/20261121-101500';
const REF = `refs/heads/${BRANCH}`;

test('a branch of the remote is taken away only while it is where it was seen', async () => {
  const team = await makeTeam();
  const repository = await openGitRepository({ cwd: team.clone, env: isolatedEnv() });
  const seen = await git(team.clone, 'rev-parse', 'main');
  const newer = await commitFiles(team.clone, { 'a.txt': 'a' });
  await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', `${newer}:${REF}`);
  expect(await repository.deleteBranch('origin', BRANCH, seen)).toBe('moved');
  expect(await git(team.remote, 'rev-parse', REF)).toBe(newer);
  expect(await repository.deleteBranch('origin', BRANCH, newer)).toBe('deleted');
  expect(await git(team.remote, 'for-each-ref', REF)).toBe('');
  expect(await repository.deleteBranch('origin', BRANCH, newer)).toBe('deleted');
});

test('a remote that keeps its branches says so', async () => {
  const team = await makeTeam();
  const repository = await openGitRepository({ cwd: team.clone, env: isolatedEnv() });
  const seen = await git(team.clone, 'rev-parse', 'main');
  await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', `${seen}:${REF}`);
  await git(team.remote, 'config', 'receive.denyDeletes', 'true');
  await expect(repository.deleteBranch('origin', BRANCH, seen)).rejects.toMatchObject({
    kind: 'git/push-refused',
    code: 4,
  });
});
