import { describe, expect, test } from 'vitest';
import { openDirectoryIdentity } from '../../src/adapters/directory/identity.js';
import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import { openDirectoryStore } from '../../src/adapters/directory/store.js';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { openOnnxRunner } from '../../src/adapters/onnx/runner.js';
import { parseConfig } from '../../src/config/load.js';
import { EXIT, WmsError } from '../../src/errors.js';
import { planByHand } from '../../src/publish/by-hand.js';
import { publish } from '../../src/publish/publish.js';
import { pairFiles } from '../support/pictures.js';
import { rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git, isolatedEnv } from '../support/scratch.js';
import { silentReporter } from '../support/silent-reporter.js';
import { dataBranches, makeTeam, type Team } from '../support/team.js';

const denied = new WmsError({
  kind: 'credentials/denied',
  code: EXIT.credentials,
  what: 'A policy forbids you to use the store.',
  next: 'Ask the administrator.',
});

/** Publishes with a store that can be read only, and somebody who answers (null: nobody does). */
async function publishDenied(team: Team, answer: boolean | null) {
  const repository = await openGitRepository({ cwd: team.clone, env: isolatedEnv() });
  const config = parseConfig('{}', 'test');
  const place = { path: team.store };
  const tools = {
    git: repository,
    config,
    store: { ...openDirectoryStore(place), put: () => Promise.reject(denied) },
    notes: openDirectoryNotes(place),
    identity: openDirectoryIdentity(place),
    askCredentials: null,
    runner: openOnnxRunner(),
    reporter: silentReporter(),
    prompter: {
      available: answer !== null,
      confirm: async () => answer === true,
      ask: () => Promise.reject(new Error('asked')),
    },
    clock: { now: () => new Date() },
    openReading: () => Promise.reject(new Error('few files need no thread')),
  } as unknown as Parameters<typeof publish>[0];
  const options = { remote: undefined, branch: undefined, worktree: false, paths: [], cwd: team.clone };
  const plan = await planByHand(repository, config, options);
  return publish(tools, plan, { allowReplace: false, allowRemove: false });
}

async function teamWithPhotos(): Promise<Team> {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1, 2]));
  return team;
}

describe('a store that denies writing', () => {
  test('offers to publish through Git, and does it when agreed', async () => {
    const team = await teamWithPhotos();
    expect(await publishDenied(team, true)).toMatchObject({ outcome: 'published' });
    expect(await dataBranches(team)).toHaveLength(1);
    expect(await rawFilesOnRemote(team)).toHaveLength(4);
  });

  test.each([false, null])('not agreed (%j): nothing is pushed, and the way is told', async (answer) => {
    const team = await teamWithPhotos();
    await expect(publishDenied(team, answer)).rejects.toMatchObject({
      kind: 'credentials/denied',
      next: expect.stringMatching(/^Ask the administrator\.\nOr let CI upload: .*"through": "git"/),
    });
    expect(await dataBranches(team)).toEqual([]);
  });
});

test('the data branch is replaced only while it is what was seen', async () => {
  const team = await teamWithPhotos();
  const repository = await openGitRepository({ cwd: team.clone, env: isolatedEnv() });
  const [head, before] = [
    await git(team.clone, 'rev-parse', 'HEAD'),
    await git(team.clone, 'rev-parse', 'HEAD~1'),
  ];
  const branch = 'data/20260101-000000';
  await repository.pushNewBranch('origin', head, branch);
  expect((await repository.replaceBranch('origin', before, branch, before)).outcome).toBe('exists');
  expect(await git(team.remote, 'rev-parse', branch)).toBe(head);
  expect((await repository.replaceBranch('origin', before, branch, head)).outcome).toBe('pushed');
  expect(await git(team.remote, 'rev-parse', branch)).toBe(before);
  expect(await repository.deleteBranch('origin', branch, head)).toBe('moved');
  expect(await repository.deleteBranch('origin', branch, before)).toBe('deleted');
  expect(await repository.deleteBranch('origin', branch, before)).toBe('deleted');
});
