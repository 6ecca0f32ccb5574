import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pointerCommitMessage } from '../../src/dataset/commit-message.pure.js';
import type { DatasetLog } from '../../src/dataset/log/log.js';
import { updatePointer } from '../../src/dataset/pointer.js';
import { configureDriver, makeMergingTeam } from '../support/dataset-commits.js';
import { md5Of } from '../support/manifests.js';
import { type MergeWay, mergePullRequest } from '../support/merge-ways.js';
import { pairFiles, picture } from '../support/pictures.js';
import { onlyDataBranch } from '../support/remote-view.js';
import { commitFiles, git, makeDirectory, tryGit } from '../support/scratch.js';
import { commitVersion, directoryShelf, smallPairs } from '../support/stored-dataset.js';
import { dataBranches, joinTeam, makeTeam, push, type Team, wms } from '../support/team.js';
import { teamWithDataset } from '../support/team-with-dataset.js';

async function logOf(clone: string, ...args: string[]): Promise<DatasetLog> {
  const { exitCode, stdout, stderr } = await wms(clone, ['data', 'log', '--json', ...args]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

const told = ({ versions }: DatasetLog) =>
  versions.map(({ pairs, changes, dataBranch, countedFrom }) => ({
    pairs,
    changes: changes && `+${changes.new} ~${changes.replaced} -${changes.removed}`,
    dataBranch,
    countedFrom,
  }));

test.each<[MergeWay, string]>([
  ['merge', 'message'],
  ['rebase', 'message'],
  // The host's message says nothing but the branch.
  ['squash', 'manifests'],
])('a data branch that came by %s is told once, with what it changed', async (way, countedFrom) => {
  const { team, clone } = await teamWithDataset([1, 2]);
  const mask = { 'data/training/masks/meter_2.png': (await picture(20)).mask };
  await commitFiles(clone, { ...(await pairFiles([3])), ...mask, 'train.py': 'code\n' }, 'photos and code');
  await push(clone);
  const branch = await onlyDataBranch(team);
  await mergePullRequest(team, branch, way);
  const fresh = await joinTeam(team);
  const log = await logOf(fresh);
  expect(told(log)).toEqual([
    { pairs: 3, changes: '+1 ~1 -0', dataBranch: branch, countedFrom },
    {
      pairs: 2,
      changes: '+2 ~0 -0',
      dataBranch: expect.stringMatching(/^data\/\d{8}-\d{6}$/),
      countedFrom: 'message',
    },
  ]);
  expect(log.versions[0]).toMatchObject({
    isMerge: false,
    author: { name: 'Ana Test', email: 'ana@example.com' },
  });

  const { stdout } = await wms(fresh, ['data', 'log']);
  const [heading, , newest, oldest] = stdout.split('\n');
  expect(heading).toMatch(/^The dataset in HEAD \(\w{10}\), newest first/);
  expect(newest).toMatch(new RegExp(`3 pairs {2}\\+1 ~1 {2}${branch} {2}Ana Test$`));
  expect(oldest).toMatch(/2 pairs {2}\+2 /);
});

test('a squash merge that quotes the commit needs no manifest', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]));
  await push(clone);
  const branch = await onlyDataBranch(team);
  const host = await joinTeam(team);
  await git(host, 'merge', '--quiet', '--squash', `origin/${branch}`);
  await git(host, 'commit', '--quiet', '--no-edit');
  rmSync(join(team.store, 'files'), { recursive: true });
  expect(told(await logOf(host))[0]).toEqual({
    pairs: 2,
    changes: '+1 ~0 -0',
    dataBranch: branch,
    countedFrom: 'message',
  });
});

/** Two members publish from the same base; both branches wait. */
async function twoBranches(): Promise<{ team: Team; host: string; branches: string[] }> {
  const team = await makeMergingTeam(null);
  await commitFiles(team.clone, await pairFiles([1]));
  await push(team.clone);
  const [first] = await dataBranches(team);
  await git(team.remote, 'update-ref', 'refs/heads/main', `refs/heads/${first}`);
  await git(team.remote, 'branch', '-D', String(first));
  const clones = [await joinTeam(team), await joinTeam(team)];
  await commitFiles(clones[0]!, await pairFiles([2, 3]));
  await commitFiles(clones[1]!, await pairFiles([4]));
  const branches: string[] = [];
  for (const clone of clones) {
    await push(clone);
    branches.push(...(await dataBranches(team)).filter((name) => !branches.includes(name)));
  }
  const host = await joinTeam(team);
  await configureDriver(host);
  return { team, host, branches };
}

test('when two data branches meet, each change is told once, and the merge tells the sum', async () => {
  const { host, branches } = await twoBranches();
  for (const branch of branches) {
    const merged = await tryGit(host, [
      'merge',
      '--no-ff',
      '-m',
      `Merge pull request #7 from team/${branch}`,
      `origin/${branch}`,
    ]);
    expect(merged.exitCode, merged.stderr).toBe(0);
  }
  const log = await logOf(host);
  const [merge, ...changes] = told(log);
  expect(merge).toEqual({ pairs: 4, changes: null, dataBranch: branches[1], countedFrom: 'manifests' });
  expect(log.versions.map(({ isMerge }) => isMerge)).toEqual([true, false, false, false]);
  expect(changes.map(({ changes }) => changes).sort()).toEqual(['+1 ~0 -0', '+1 ~0 -0', '+2 ~0 -0']);
  expect(changes.map(({ dataBranch }) => dataBranch)).toEqual(expect.arrayContaining(branches));
  expect((await wms(host, ['data', 'log'])).stdout.split('\n')[2]).toContain(
    `4 pairs  merge  ${branches[1]}`,
  );
});

test('counts that a rebase made wrong are not believed', async () => {
  const { host, branches } = await twoBranches();
  await git(host, 'merge', '--quiet', `origin/${branches[0]}`);
  const picked = await tryGit(host, ['cherry-pick', `origin/main..origin/${branches[1]}`]);
  expect(picked.exitCode, picked.stderr).toBe(0);
  expect(await git(host, 'log', '-1', '--format=%b')).toContain('Existing: 1, New: 1, Replaced: 0, Total: 2');
  expect(told(await logOf(host))[0]).toEqual({
    pairs: 4,
    changes: '+1 ~0 -0',
    dataBranch: branches[1],
    countedFrom: 'manifests',
  });
});

test('manifests that are gone, and pointers that cannot be read, don’t break the log', async () => {
  const { clone, store } = await makeTeam();
  const shelf = directoryShelf(store);
  await commitVersion(clone, shelf, smallPairs(2));
  await commitFiles(clone, { 'data/training/masks.dvc': '<<<<<<< ours\n=======\n>>>>>>> theirs\n' }, 'oops');
  await commitVersion(clone, shelf, smallPairs(3));
  rmSync(join(store, 'files'), { recursive: true });
  await commitVersion(clone, shelf, smallPairs(4));
  const log = await logOf(clone);
  expect(told(log).map(({ pairs, changes, countedFrom }) => ({ pairs, changes, countedFrom }))).toEqual([
    { pairs: 4, changes: null, countedFrom: 'manifests' },
    { pairs: 3, changes: null, countedFrom: 'pointers' },
    { pairs: null, changes: null, countedFrom: null },
    { pairs: 2, changes: null, countedFrom: 'pointers' },
  ]);
  expect(log.versions[2]?.problem).toContain('data/training/masks.dvc');
  const { stdout } = await wms(clone, ['data', 'log', 'HEAD~1', '--limit', '2']);
  expect(
    stdout
      .split('\n')
      .slice(2)
      .map((line) => line.slice(30)),
  ).toEqual(['≤ 3 pairs  ?           –  Ana Test', '? pairs    unreadable  –  Ana Test', expect.any(String)]);
  expect(stdout).toContain('… and older ones: --limit 4');
});

test('models are told with the version that they were trained on', async () => {
  const { team, clone } = await teamWithDataset([1]);
  const metadata = (version: number, facts: object) => ({
    'model-metadata.json': JSON.stringify({
      model_version: version,
      run_id: `run-${version}`,
      metrics: { dice: 0.9, iou: 0.8 },
      ...facts,
    }),
  });
  await commitFiles(clone, metadata(1, {}), 'on what is here');
  await git(clone, 'push', '--quiet', '--no-verify', 'origin', 'main');
  await commitFiles(clone, await pairFiles([2]));
  await push(clone);
  const branch = await onlyDataBranch(team);
  const trainedOn = await git(team.remote, 'rev-parse', branch);
  await mergePullRequest(team, branch, 'squash');
  const main = await joinTeam(team);
  await git(main, 'fetch', '--quiet', clone);
  await commitFiles(main, { 'model-metadata.json': 'no JSON' }, 'broken');
  await commitVersion(main, directoryShelf(team.store), smallPairs(3));
  await commitFiles(main, metadata(2, { data_revision: trainedOn }), 'promoted after others came');
  const models = (await logOf(main)).versions.map(({ model }) => model);
  expect(models).toEqual([
    null,
    { version: '2', runId: 'run-2', dice: 0.9, iou: 0.8, commit: await git(main, 'rev-parse', 'HEAD') },
    expect.objectContaining({ version: '1' }),
  ]);
  const { stdout } = await wms(main, ['data', 'log']);
  expect(stdout).toContain('model v2 · Dice 0.900, IoU 0.800');

  // Without that commit, its version is not known any more; the commit that tells of the model has one, too.
  const fresh = await joinTeam({ ...team, remote: main }, '--single-branch');
  const gone = await commitFiles(fresh, metadata(3, { data_revision: 'd'.repeat(40) }), 'promoted');
  expect((await logOf(fresh)).versions[0]?.model).toMatchObject({ version: '3', commit: gone });
});

test('a shallow clone tells what it has, and that there is more', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]));
  await push(clone);
  await mergePullRequest(team, await onlyDataBranch(team), 'rebase');
  const shallow = join(makeDirectory(), 'shallow');
  await git(clone, 'clone', '--quiet', '--depth', '1', `file://${team.remote}`, shallow);
  const log = await logOf(shallow);
  expect([log.isShallow, told(log)]).toEqual([
    true,
    [expect.objectContaining({ pairs: 2, changes: '+1 ~0 -0' })],
  ]);
  expect((await wms(shallow, ['data', 'log'])).stdout).toContain('git fetch --unshallow');
});

test('before the first publish there is nothing to tell; odd limits are refused', async () => {
  const { clone } = await makeTeam();
  const none = await wms(clone, ['data', 'log']);
  expect(none.exitCode).toBe(2);
  expect(none.stderr).toContain('has no dataset');
  expect((await wms(clone, ['data', 'log', '--limit', '0'])).exitCode).toBe(2);
});

/** Commits with pointers to versions that grow by one pair each, by one process of Git. */
async function manyVersions(clone: string, count: number, message: (pairs: number) => string): Promise<void> {
  const lines: string[] = [];
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}`;
  for (let pairs = 1; pairs <= count; pairs++) {
    lines.push(
      'commit refs/heads/main',
      `committer Ana <ana@example.com> ${1_700_000_000 + pairs} +0000`,
      data(message(pairs)),
    );
    if (pairs === 1) lines.push('from refs/heads/main^0');
    for (const role of ['images', 'masks']) {
      const pointer = updatePointer(null, { path: role, id: `${md5Of(role + pairs)}.dir`, nfiles: pairs });
      lines.push(`M 100644 inline data/training/${role}.dvc`, data(pointer));
    }
  }
  await tryGit(clone, ['fast-import', '--quiet'], { input: `${lines.join('\n')}\n` });
}

test('500 versions by publish are told without a single manifest', async () => {
  const { clone, store } = await makeTeam();
  await manyVersions(clone, 500, (pairs) =>
    pointerCommitMessage(
      { existing: pairs - 1, new: 1, replaced: 0, removed: 0, total: pairs, unchanged: 0 },
      'data/20261121-101500',
    ),
  );
  rmSync(store, { recursive: true, force: true });
  const log = await logOf(clone);
  expect(log.versions.map(({ pairs }) => pairs)).toEqual(Array.from({ length: 500 }, (_, at) => 500 - at));
  expect(new Set(log.versions.map(({ countedFrom }) => countedFrom))).toEqual(new Set(['message']));
  expect(log.storeProblem).toBeNull();
  expect((await logOf(clone, '--limit', '7')).versions).toHaveLength(7);
});
