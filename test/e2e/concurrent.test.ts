import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configureDriver, makeMergingTeam } from '../support/dataset-commits.js';
import { pairFiles } from '../support/pictures.js';
import { branchInMessage, publishedFiles, rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git, tryGit } from '../support/scratch.js';
import { dataBranches, joinTeam, push, type Team, wms } from '../support/team.js';

const ROLES = ['images', 'masks'] as const;

/** Everything that a commit's pointers name, read from the store, as a path → bytes record. */
async function filesAt(team: Team, commit: string): Promise<Record<string, Buffer>> {
  const parts = await Promise.all(ROLES.map((role) => publishedFiles(team, commit, role)));
  return Object.fromEntries(
    ROLES.flatMap((role, at) =>
      Object.entries(parts[at] ?? {}).map(([path, bytes]) => [`data/training/${role}/${path}`, bytes]),
    ),
  );
}

/** Two pairs for each member, all different. */
const seedsOf = (member: number) => [10 + 2 * member, 11 + 2 * member];

/** A dataset of one pair on main; then every member, in a clone of their own, pushes two more at the same time. */
async function publishTogether(members: number) {
  const team = await makeMergingTeam(null);
  const base = await pairFiles([1]);
  await commitFiles(team.clone, base, 'May');
  expect((await push(team.clone)).exitCode).toBe(1);
  const [first] = await dataBranches(team);
  await git(team.remote, 'update-ref', 'refs/heads/main', `refs/heads/${first}`);
  await git(team.remote, 'branch', '-D', String(first));

  const clones: string[] = [];
  const published = { ...base };
  for (let member = 0; member < members; member++) {
    const clone = await joinTeam(team);
    const files = await pairFiles(seedsOf(member));
    await commitFiles(clone, files, `photos of member ${member}`);
    Object.assign(published, files);
    clones.push(clone);
  }
  const pushes = await Promise.all(clones.map((clone) => push(clone)));
  for (const { exitCode, stderr } of pushes) {
    expect(stderr).toContain('Published.');
    expect(exitCode).toBe(1);
  }
  return { team, published, clones };
}

test.each([2, 3, 10])(
  '%i members push from the same base at the same time: all land, and their branches merge to the union',
  async (members) => {
    const { team, published, clones } = await publishTogether(members);
    const branches = await dataBranches(team);
    expect(new Set(branches).size).toBe(members);
    expect(await rawFilesOnRemote(team)).toEqual([]);
    for (const branch of branches) expect(Object.keys(await filesAt(team, branch))).toHaveLength(6);

    // The first push of a clone has made Git use the driver.
    const merging = String(clones[0]);
    expect(await git(merging, 'config', 'merge.wms.driver')).toContain('merge-driver');
    await git(merging, 'fetch', '--quiet');
    await git(merging, 'checkout', '--quiet', '-B', 'by-driver', 'origin/main');
    for (const branch of branches) {
      const { exitCode, stderr } = await tryGit(merging, ['merge', '--no-edit', `origin/${branch}`]);
      expect([exitCode, stderr]).toEqual([0, '']);
    }
    const byDriver = { ...team, remote: merging };
    expect(await filesAt(byDriver, 'HEAD')).toEqual(published);

    const fresh = await joinTeam(team);
    expect((await tryGit(fresh, ['config', 'merge.wms.driver'])).exitCode).toBe(1);
    for (const branch of branches) {
      const { exitCode, stderr } = await wms(fresh, ['data', 'merge', `origin/${branch}`]);
      expect([exitCode, stderr]).toEqual([0, '']);
    }
    expect(await filesAt({ ...team, remote: fresh }, 'HEAD')).toEqual(published);
    for (const path of ['data/training/images.dvc', 'data/training/masks.dvc']) {
      expect(await git(fresh, 'rev-parse', `HEAD:${path}`)).toBe(
        await git(merging, 'rev-parse', `HEAD:${path}`),
      );
    }
  },
);

test('pull requests one after the other, as CI merges them: each branch takes main in, and main moves to it', async () => {
  const { team, published } = await publishTogether(3);
  for (const branch of await dataBranches(team)) {
    const clone = await joinTeam(team, '--branch', branch);
    const { exitCode, stderr } = await wms(clone, ['data', 'merge', 'origin/main']);
    expect([exitCode, stderr]).toEqual([0, '']);
    await git(clone, 'push', '--quiet', '--no-verify', 'origin', `HEAD:${branch}`, 'HEAD:main');
  }
  expect(await filesAt(team, 'main')).toEqual(published);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('two members publish the same photos: the branches merge without a conflict', async () => {
  const team = await makeMergingTeam(null);
  const files = await pairFiles([1, 2]);
  const clones = [await joinTeam(team), await joinTeam(team)];
  await git(String(clones[1]), 'config', 'user.name', 'Ben Test');
  for (const clone of clones) await commitFiles(clone, files, 'the same photos');
  await Promise.all(clones.map((clone) => push(clone)));
  const branches = await dataBranches(team);
  expect(branches).toHaveLength(2);
  const clone = await joinTeam(team);
  await configureDriver(clone);
  for (const branch of branches) await git(clone, 'merge', '--quiet', '--no-edit', `origin/${branch}`);
  expect(await filesAt({ ...team, remote: clone }, 'HEAD')).toEqual(files);
});

test.each([
  ['makes the branch', 'test -e taken || { touch taken; git update-ref "$1" refs/heads/main; }'],
  ['holds its lock', 'test -e taken || { touch taken; mkdir -p "$(dirname "$1")"; touch "$1.lock"; }'],
])(
  'another push %s between the remote’s list of branches and ours: the next second is taken',
  async (_, meanwhile) => {
    const team = await makeMergingTeam(null);
    await writeFile(join(team.remote, 'hooks/update'), `#!/bin/sh\n${meanwhile}\n`, { mode: 0o755 });
    await commitFiles(team.clone, await pairFiles([1]), 'photos');
    const { stderr } = await push(team.clone);
    expect(stderr).toContain('Published.');
    const ours = String((await dataBranches(team)).at(-1));
    expect(Object.keys(await filesAt(team, ours))).toHaveLength(2);
    expect(await branchInMessage(team, ours)).toBe(ours);
  },
);
