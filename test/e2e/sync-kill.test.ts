import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { filesBelow, refsOf } from '../support/clone-state.js';
import { killingGit } from '../support/killing-git.js';
import { mergePullRequest, teammateCommits } from '../support/merge-ways.js';
import { pairFiles } from '../support/pictures.js';
import { onlyDataBranch } from '../support/remote-view.js';
import { commitFiles, git, makeDirectory, writeFiles } from '../support/scratch.js';
import { makeTeam, push, type Team, wms } from '../support/team.js';

/** What a sync that nobody disturbs makes of the template, and which calls of Git it makes. */
let template: string;
let expected: Record<string, unknown>;
let calls: string[];

async function stateOf(clone: string): Promise<Record<string, unknown>> {
  return {
    files: filesBelow(clone, ['.git', 'node_modules']),
    status: await git(clone, 'status', '--porcelain', '-uall'),
    main: await git(clone, 'rev-parse', 'main'),
    staged: await git(clone, 'diff', '--cached'),
    backups: (await refsOf(clone, 'refs/wms')).replace(/-\d{8}-\d{6}/g, ''),
    excluded: await readFile(join(clone, '.git/info/exclude'), 'utf8'),
    leftovers: [
      'index.lock',
      'HEAD.lock',
      'refs/heads/main.lock',
      'wms/sync.json',
      'wms/tmp/index-checkout',
    ].filter((name) => existsSync(join(clone, '.git', name))),
  };
}

async function copyOfTemplate(): Promise<string> {
  const clone = join(makeDirectory(), 'meters');
  await cp(template, clone, { recursive: true, verbatimSymlinks: true });
  return clone;
}

/** Published and merged; code of ours and of a teammate on top; files to change, to bring and to delete; a dirty tree. */
async function makeTemplate(team: Team): Promise<void> {
  await commitFiles(team.clone, { 'a.md': 'a\n', 'gone.md': 'a\n', 'dirty.md': 'a\n' });
  await git(team.clone, 'push', '--quiet');
  await commitFiles(team.clone, { ...(await pairFiles([1, 2])), 'train.py': 'v1\n' });
  await push(team.clone);
  await mergePullRequest(team, await onlyDataBranch(team), 'squash');
  await teammateCommits(team, async (clone) => {
    await git(clone, 'rm', '--quiet', 'gone.md');
    await commitFiles(clone, { 'a.md': 'changed by a teammate\n', 'docs/new.md': 'a new file\n' });
  });
  await commitFiles(team.clone, { 'mine.py': '1\n' }, 'mine');
  await writeFiles(team.clone, { 'dirty.md': 'not committed\n', 'staged.md': 'staged\n' });
  await git(team.clone, 'add', 'staged.md');
}

beforeAll(async () => {
  const team = await makeTeam({ keep: true });
  template = team.clone;
  await makeTemplate(team);
  const clone = await copyOfTemplate();
  const watching = killingGit(null);
  const { exitCode, stderr } = await wms(clone, ['sync'], watching.env);
  expect(exitCode, stderr).toBe(0);
  calls = watching.calls();
  expected = await stateOf(clone);
  expect(expected).toMatchObject({ status: ' M dirty.md\nA  staged.md', leftovers: [] });
});

test('killed after any call from the backup on, and run again: the same end', async () => {
  const backup = calls.findIndex((call) => call.includes('refs/wms/backup'));
  expect(calls.length - backup).toBeGreaterThan(5);
  for (const [index, call] of calls.entries()) {
    if (index < backup) continue;
    const clone = await copyOfTemplate();
    const killed = await wms(clone, ['sync'], killingGit({ after: index + 1 }).env);
    expect(killed.exitCode, call).not.toBe(0);
    const again = await wms(clone, ['sync']);
    expect(again.exitCode, `${call}\n${again.stderr}`).toBe(0);
    expect(await stateOf(clone), `killed after ${call}`).toEqual(expected);
  }
});

test('killed while files are being written: half a file and a missing one are made whole', async () => {
  const move = calls.findIndex((call) => / -u [0-9a-f]{40} /.test(call)) + 1;
  expect(move).toBeGreaterThan(0);
  const clone = await copyOfTemplate();
  const damage = 'rm a.md; printf "a new" > docs/new.md; : > data/training/images.dvc';
  await wms(clone, ['sync'], killingGit({ after: move, damage }).env);
  const again = await wms(clone, ['sync']);
  expect(again.exitCode, again.stderr).toBe(0);
  expect(await stateOf(clone)).toEqual(expected);
});

test('killed, and a file changed before the next run: the change is named and stays', async () => {
  const move = calls.findIndex((call) => / -u [0-9a-f]{40} /.test(call)) + 1;
  const clone = await copyOfTemplate();
  await wms(clone, ['sync'], killingGit({ after: move }).env);
  await writeFiles(clone, { 'a.md': 'changed here\n' });
  const again = await wms(clone, ['sync']);
  expect(again.exitCode).toBe(6);
  expect(again.stderr).toContain('a.md has changes that are not committed');
  expect(await readFile(join(clone, 'a.md'), 'utf8')).toBe('changed here\n');
});

test('killed, and the remote moved on before the next run', async () => {
  const move = calls.findIndex((call) => / -u [0-9a-f]{40} /.test(call)) + 1;
  const team = await makeTeam();
  await makeTemplate(team);
  await wms(team.clone, ['sync'], killingGit({ after: move }).env);
  await teammateCommits(team, (clone) => commitFiles(clone, { 'a.md': 'changed once more\n' }));
  const again = await wms(team.clone, ['sync']);
  expect(again.exitCode, again.stderr).toBe(0);
  expect(await git(team.clone, 'log', '--format=%s', 'origin/main..main')).toBe('mine');
  expect(await git(team.clone, 'status', '--porcelain')).toBe(' M dirty.md\nA  staged.md');
  expect(await readFile(join(team.clone, 'a.md'), 'utf8')).toBe('changed once more\n');
});

test('another Git command at work in this working tree: nothing moves', async () => {
  const clone = await copyOfTemplate();
  await writeFiles(clone, { '.git/index.lock': '' });
  const before = await git(clone, 'rev-parse', 'main');
  const { exitCode, stderr } = await wms(clone, ['sync']);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('index.lock exists');
  expect(await git(clone, 'rev-parse', 'main')).toBe(before);
});
