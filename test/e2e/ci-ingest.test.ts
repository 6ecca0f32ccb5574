import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ci, ciMachine, makeCiTeam, meters, pipeline, publish } from '../support/ci-team.js';
import { objectFile, pairsAt } from '../support/pairs-at.js';
import { mergeDataBranch, onlyDataBranch, rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git, writeFiles } from '../support/scratch.js';
import { dataBranches, joinTeam, push, type Team, wms } from '../support/team.js';

const THROUGH_GIT = { publish: { through: 'git' } };
const IMAGE = 'data/training/images/meter_15.jpg';

const isStored = async (team: Team) => existsSync(objectFile(team, (await meters(15, 15))[IMAGE] as Buffer));

test('a teammate who may not write to the store publishes through Git, and CI does the rest', async () => {
  const team = await makeCiTeam(THROUGH_GIT);
  await commitFiles(team.clone, { 'code.txt': 'mine' }, 'code of mine');
  await commitFiles(team.clone, await meters(14, 16));
  const pushed = await push(team.clone);
  expect(pushed.stderr).toContain('○ Upload        through Git');
  expect(pushed.stderr).toContain('Published.');
  expect(await isStored(team)).toBe(false);
  const branch = await onlyDataBranch(team);
  expect(await rawFilesOnRemote(team)).toHaveLength(6);
  expect((await push(team.clone)).stderr).toContain(`Published before: ${branch} waits`);

  const machine = await ciMachine(team, branch);
  expect((await ci(machine, 'check')).exitCode).toBe(3);
  const { facts, exitCode, stderr } = await ci(machine, 'ingest');
  expect(exitCode, stderr).toBe(0);
  expect(facts).toMatchObject({ outcome: 'ingested', branch });
  expect(await git(team.remote, 'rev-parse', branch)).toBe(facts.tip);
  expect(await git(machine, 'rev-parse', 'HEAD')).toBe(facts.tip);
  expect(await git(machine, 'status', '--porcelain')).toBe('');
  expect(await rawFilesOnRemote(team)).toEqual([]);
  expect(await pairsAt(team, branch)).toEqual(['meter_14', 'meter_15', 'meter_16']);
  const subjects = await git(team.remote, 'log', '--format=%s', `main..${branch}`);
  expect(subjects).toBe('data: add 3 pairs (3 in total)\ncode of mine');
  expect((await ci(machine, 'ingest')).facts).toMatchObject({ outcome: 'nothing-to-ingest', tip: facts.tip });
  expect((await push(team.clone)).stderr).toContain(`Published before: ${branch} waits`);

  const ran = await pipeline(machine);
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(await dataBranches(team)).toEqual([]);
  expect(await rawFilesOnRemote(team)).toEqual([]);
  const synced = await wms(team.clone, ['sync']);
  expect(synced.exitCode, synced.stderr).toBe(0);
});

test('files of the working tree, and consent to replace, go the same way', async () => {
  const team = await makeCiTeam(THROUGH_GIT);
  await writeFiles(team.clone, await meters(14, 15));
  expect((await wms(team.clone, ['publish', '--worktree'])).exitCode).toBe(0);
  const first = await onlyDataBranch(team);
  const machine = await ciMachine(team, first);
  expect((await ci(machine, 'ingest')).exitCode).toBe(0);
  expect(await pairsAt(team, first)).toEqual(['meter_14', 'meter_15']);
  await mergeDataBranch(team, first);

  const other = await joinTeam(team);
  const drawn = await meters(16, 16);
  const files = {
    [IMAGE]: drawn['data/training/images/meter_16.jpg'] as Buffer,
    'data/training/masks/meter_15.png': drawn['data/training/masks/meter_16.png'] as Buffer,
  };
  const second = await publish(team, other, files, { WMS_ALLOW_REPLACE: '1' });
  const { facts, stderr } = await ci(await ciMachine(team, second), 'ingest');
  expect(facts, stderr).toMatchObject({ outcome: 'ingested' });
  expect(await rawFilesOnRemote(team)).toEqual([]);
  expect((await ci(other, 'check', second)).facts.counts).toMatchObject({ replaced: 1, total: 2 });
});
