import { existsSync } from 'node:fs';
import { appendFile, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { cloneState, filesBelow, refsOf } from '../support/clone-state.js';
import { type MergeWay, mergePullRequest, teammateCommits } from '../support/merge-ways.js';
import { pairFiles, picture } from '../support/pictures.js';
import { onlyDataBranch } from '../support/remote-view.js';
import { commitFiles, git, makeDirectory, tryGit, writeFiles } from '../support/scratch.js';
import { dataBranches, joinTeam, makeTeam, push, type Team, wms } from '../support/team.js';

const MASK = 'data/training/masks/meter_1.png';
const at = (clone: string, revision: string) => git(clone, 'rev-parse', revision);
const status = (clone: string) => git(clone, 'status', '--porcelain');
const log = (clone: string, range: string) => git(clone, 'log', '--format=%s', range);
const rawFiles = (clone: string) => filesBelow(join(clone, 'data/training'), ['images.dvc', 'masks.dvc']);
const backups = (clone: string) => refsOf(clone, 'refs/wms/backup');

/** Commits `files`, pushes them, and merges what the push published. */
async function publishAndMerge(
  team: Team,
  files: Record<string, string | Uint8Array>,
  way: MergeWay = 'merge',
  message = 'photos',
): Promise<void> {
  await commitFiles(team.clone, files, message);
  expect((await push(team.clone)).exitCode).toBe(1);
  await mergePullRequest(team, await onlyDataBranch(team), way);
}

test.each<MergeWay>(['merge', 'squash', 'rebase'])(
  'merged by %s: main follows, raw files stay on disk and leave the branch',
  async (way) => {
    const team = await makeTeam();
    if (way === 'rebase') {
      await commitFiles(team.clone, { ...(await pairFiles([1])), 'train.py': 'v1\n' }, 'both');
      await push(team.clone);
      await teammateCommits(team, (clone) => commitFiles(clone, { 'notes.md': 'a\n' }, 'notes'));
      await mergePullRequest(team, await onlyDataBranch(team), way);
    } else {
      await publishAndMerge(team, { ...(await pairFiles([1])), 'train.py': 'v1\n' }, way);
    }
    const before = rawFiles(team.clone);
    const old = await at(team.clone, 'main');

    const { exitCode, stdout, stderr } = await wms(team.clone, ['sync']);

    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 0, stdout: '' });
    expect(await at(team.clone, 'main')).toBe(await at(team.remote, 'main'));
    expect(await at(team.clone, 'origin/main')).toBe(await at(team.remote, 'main'));
    expect(rawFiles(team.clone)).toEqual(before);
    expect(await status(team.clone)).toBe('');
    expect(await git(team.clone, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(await backups(team.clone)).toMatch(new RegExp(`^refs/wms/backup/main-\\d{8}-\\d{6} ${old}$`));
    expect(stderr).toContain('Synced: main is on origin/main.');
    expect(stderr).toContain('the 2 raw files that left main (1 pair)');
    expect(stderr).not.toContain('\u001b');

    await writeFiles(team.clone, await pairFiles([2]));
    expect(await git(team.clone, 'status', '--porcelain', '-uall')).toContain('meter_2.png');
    expect((await wms(team.clone, ['sync'])).stderr).toContain('Nothing to do: main is on origin/main');
  },
);

test('the command that the message names goes back to what was there', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, { ...(await pairFiles([1])), 'train.py': 'v1\n' });
  const before = await cloneState(team.clone);
  const { stderr } = await wms(team.clone, ['sync']);
  const command = /to go back: git (.*)/.exec(stderr)?.[1] ?? '';
  await git(team.clone, ...command.split(' '));
  const after = await cloneState(team.clone);
  expect({ ...after, index: '' }).toEqual({ ...before, index: '' });
  expect(await status(team.clone)).toBe('');
});

test('code and data in one commit, and code after it: what is not upstream is kept with author, date and message', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, { ...(await pairFiles([1])), 'train.py': 'v1\n' }, 'squash');
  await writeFile(join(team.clone, 'train.py'), 'v1\nv2\n');
  const message = 'second try\n\nwith a body\n  and indents';
  await git(
    team.clone,
    'commit',
    '-qam',
    message,
    '--author=Bo <bo@example.com>',
    '--date=@1700000000 +0530',
  );
  const format = '--format=%an %ae %ad %cn %cd %B';
  const before = await git(team.clone, 'log', '-1', format);

  const { exitCode, stderr } = await wms(team.clone, ['sync']);

  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain('with 1 commit of yours on top');
  expect(await git(team.clone, 'log', '-1', format)).toBe(before);
  expect(await at(team.clone, 'main^')).toBe(await at(team.remote, 'main'));
  expect(await readFile(join(team.clone, 'train.py'), 'utf8')).toBe('v1\nv2\n');
  expect(await status(team.clone)).toBe('');
  expect((await push(team.clone)).exitCode).toBe(0);
});

test('several commits squashed into one, whose lines a teammate has changed since', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, { 'train.py': 'a\n' }, 'first');
  await commitFiles(team.clone, { 'train.py': 'b\n' }, 'second');
  await publishAndMerge(team, { ...(await pairFiles([1])), 'train.py': 'c\n' }, 'squash', 'third');
  await teammateCommits(team, (clone) => commitFiles(clone, { 'train.py': 'd\n' }, 'teammate'));
  await commitFiles(team.clone, { 'notes.md': 'mine\n' }, 'notes');
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await log(team.clone, 'origin/main..main')).toBe('notes');
  expect(await readFile(join(team.clone, 'train.py'), 'utf8')).toBe('d\n');
});

test('changes that came in by a rebase merge and were taken back there are not made again', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, { 'other.py': 'a\n' }, 'other');
  await publishAndMerge(team, { ...(await pairFiles([1])), 'train.py': 'a\n' }, 'rebase');
  await teammateCommits(team, async (clone) => {
    await git(clone, 'rm', '--quiet', 'train.py', 'other.py');
    await git(clone, 'commit', '--quiet', '-m', 'take back');
  });
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await at(team.clone, 'main')).toBe(await at(team.remote, 'main'));
  expect(existsSync(join(team.clone, 'train.py'))).toBe(false);
});

test('not merged yet: nothing moves, and the waiting data branch is named', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]));
  await push(team.clone);
  const before = await cloneState(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode).toBe(6);
  const branch = await onlyDataBranch(team);
  expect(stderr).toContain(`${MASK}  is not merged yet: ${branch} waits on origin`);
  expect(stderr).toContain(`→ merge the pull request of ${branch}, then npx wms sync`);
  expect(await cloneState(team.clone)).toEqual(before);
  expect(await backups(team.clone)).toBe('');
});

test('never published: nothing moves', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]));
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('2 files are not in the dataset of origin/main. Nothing was moved.');
  expect(stderr).toContain(`${MASK}  is not published yet`);
  expect(stderr).toContain('→ git push origin main');
});

test('partly merged: only the files of the second publish are listed', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  await commitFiles(team.clone, await pairFiles([2]));
  const before = await cloneState(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('meter_2.png  is not published yet');
  expect(stderr).not.toContain('meter_1.png');
  expect(await cloneState(team.clone)).toEqual(before);
});

test('diverged: local code goes on top of the teammates’ commits', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  await commitFiles(team.clone, { 'mine.py': '1\n' }, 'mine');
  await git(team.clone, 'checkout', '-q', '-b', 'side', 'main^');
  await commitFiles(team.clone, { 'side.py': '1\n' }, 'side');
  await git(team.clone, 'checkout', '-q', 'main');
  await git(team.clone, 'merge', '-q', '--no-edit', 'side');
  await teammateCommits(team, (clone) => commitFiles(clone, { 'theirs.py': '1\n' }, 'theirs'));
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect((await log(team.clone, 'origin/main..main')).split('\n').sort()).toEqual(['mine', 'side']);
  expect(await git(team.clone, 'rev-list', '--merges', 'origin/main..main')).toBe('');
  for (const file of ['mine.py', 'side.py', 'theirs.py'])
    expect(existsSync(join(team.clone, file))).toBe(true);
  expect(await status(team.clone)).toBe('');
});

test.each([
  ['merge', '--no-rebase'],
  ['rebase', '--rebase'],
])('diverged, and joined by git pull with a %s', async (_way, flag) => {
  const team = await makeTeam();
  await publishAndMerge(team, { ...(await pairFiles([1])), 'train.py': 'a\n' });
  await commitFiles(team.clone, { 'mine.py': '1\n' }, 'mine');
  await git(team.clone, 'pull', '--quiet', '--no-edit', flag);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await git(team.clone, 'log', '--no-merges', '--format=%s', 'origin/main..main')).toBe('mine');
  expect(await git(team.clone, 'log', '--format=', '--name-only', 'origin/main..main')).toBe('mine.py');
  expect(await git(team.clone, 'ls-files', 'data')).toBe('data/training/images.dvc\ndata/training/masks.dvc');
  expect(await status(team.clone)).toBe('');
});

test('diverged in the same lines: nothing moves, and the files and the way out are named', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  await commitFiles(team.clone, { 'train.py': 'mine\n' }, 'my training');
  await teammateCommits(team, (clone) => commitFiles(clone, { 'train.py': 'theirs\n' }));
  const before = await cloneState(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('"my training"');
  expect(stderr).toContain('Both changed: train.py');
  expect(stderr).toContain('→ git rebase origin/main');
  expect(await cloneState(team.clone)).toEqual(before);

  await tryGit(team.clone, ['rebase', 'origin/main']);
  await commitResolved(team.clone, 'train.py');
  expect((await wms(team.clone, ['sync'])).exitCode).toBe(0);
  expect(await log(team.clone, 'origin/main..main')).toBe('my training');
});

async function commitResolved(clone: string, path: string): Promise<void> {
  await writeFile(join(clone, path), 'both\n');
  await git(clone, 'add', path);
  await git(clone, '-c', 'core.editor=true', 'rebase', '--continue');
}

test('a dirty tree: what is staged, changed, deleted and new stays so', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, { 'a.md': 'a\n', 'b.md': 'b\n', 'c.md': 'c\n' });
  await git(team.clone, 'push', '--quiet');
  await publishAndMerge(team, { ...(await pairFiles([1])), 'train.py': 'v1\n' });
  await teammateCommits(team, (clone) => commitFiles(clone, { 'theirs.py': '1\n' }));
  await writeFiles(team.clone, { 'a.md': 'staged\n', 'new.md': 'new\n' });
  await git(team.clone, 'add', 'a.md');
  await writeFiles(team.clone, { 'a.md': 'staged and changed\n', 'b.md': 'changed\n' });
  await rm(join(team.clone, 'c.md'));
  const before = await status(team.clone);
  const files = filesBelow(team.clone, ['.git', 'node_modules', 'data', 'theirs.py']);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await status(team.clone)).toBe(before);
  expect(await git(team.clone, 'show', ':a.md')).toBe('staged');
  expect(filesBelow(team.clone, ['.git', 'node_modules', 'data', 'theirs.py'])).toEqual(files);
  expect(await readFile(join(team.clone, 'theirs.py'), 'utf8')).toBe('1\n');
});

test('a dirty tree in the way: every file is named, nothing changes', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, {
    'a.md': 'a\n',
    'b.md': 'b\n',
    'c.md': 'c\n',
    '.gitignore': '*.log\nnode_modules\n',
  });
  await git(team.clone, 'push', '--quiet');
  await publishAndMerge(team, await pairFiles([1]));
  await teammateCommits(team, async (clone) => {
    await commitFiles(clone, { 'a.md': 'A\n', 'b.md': 'B\n', 'run.log': 'theirs\n', dir: 'a file\n' });
  });
  await writeFiles(team.clone, {
    'a.md': 'mine\n',
    'b.md': 'mine\n',
    'run.log': 'mine\n',
    'dir/run.log': 'mine\n',
  });
  await git(team.clone, 'add', 'b.md');
  const before = await cloneState(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('a.md has changes that are not committed');
  expect(stderr).toContain('b.md has staged changes');
  expect(stderr).toContain('run.log is in the way');
  expect(stderr).toContain('dir/run.log is in the way');
  expect(await cloneState(team.clone)).toEqual(before);
  expect(await backups(team.clone)).toBe('');
});

test('a detached HEAD: the branch moves, HEAD and files stay', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  await git(team.clone, 'checkout', '--quiet', '--detach');
  const before = await cloneState(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await at(team.clone, 'main')).toBe(await at(team.remote, 'main'));
  expect({ ...(await cloneState(team.clone)), refs: '' }).toEqual({ ...before, refs: '' });
  expect(stderr).toContain('git switch main takes them off the disk');
  expect(stderr).toMatch(/git branch --force main refs\/wms\/backup\/main-/);
});

test('another branch checked out: only main moves', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  await git(team.clone, 'checkout', '--quiet', '-b', 'feature', 'origin/main');
  await writeFile(join(team.clone, '.gitignore'), 'changed\n');
  const before = await cloneState(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await at(team.clone, 'main')).toBe(await at(team.remote, 'main'));
  expect({ ...(await cloneState(team.clone)), refs: '' }).toEqual({ ...before, refs: '' });
  expect(stderr).not.toContain('takes them off the disk');
});

test('a linked worktree: refused from elsewhere, done inside', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  await git(team.clone, 'checkout', '--quiet', '-b', 'other');
  const linked = `${team.clone}-linked`;
  await git(team.clone, 'worktree', 'add', '--quiet', linked, 'main');
  await symlink(`${team.clone}/node_modules`, `${linked}/node_modules`);
  await appendFile(join(team.clone, '.git/info/exclude'), 'node_modules\n');
  const before = rawFiles(linked);
  const refused = await wms(team.clone, ['sync']);
  expect(refused.exitCode).toBe(6);
  expect(refused.stderr).toContain(linked);
  const { exitCode, stderr } = await wms(linked, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await at(linked, 'HEAD')).toBe(await at(team.remote, 'main'));
  expect(rawFiles(linked)).toEqual(before);
  expect(await status(linked)).toBe('');
});

test('a raw file that a commit has changed since: nothing moves', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  await commitFiles(team.clone, { [MASK]: (await picture(7)).mask }, 'relabel');
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode).toBe(6);
  expect(stderr).toContain(`${MASK}  has other bytes there: changed since it was published`);
});

test('raw files changed on disk since: the bytes stay, and Git shows them', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1, 2, 3]));
  const relabelled = (await picture(7)).mask;
  const staged = 'data/training/masks/meter_2.png';
  await writeFiles(team.clone, { [MASK]: relabelled, [staged]: relabelled });
  await git(team.clone, 'add', staged);
  await rm(join(team.clone, 'data/training/images/meter_3.png'));
  const before = rawFiles(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(rawFiles(team.clone)).toEqual(before);
  expect((await git(team.clone, 'status', '--porcelain', '-uall')).split('\n')).toEqual([
    `A  ${staged}`,
    `?? ${MASK}`,
  ]);
  expect(stderr).toContain(`${MASK} differs from the dataset`);
});

test('replaced by a teammate since it was published: an earlier version is the proof', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  const relabelled = { [MASK]: (await picture(7)).mask };
  const mate = await joinTeam(team);
  await commitFiles(mate, relabelled, 'relabel');
  expect((await push(mate)).exitCode).toBe(1);
  await mergePullRequest(team, await onlyDataBranch(team), 'merge');
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await at(team.clone, 'main')).toBe(await at(team.remote, 'main'));
  expect(await status(team.clone)).toBe('');
});

test('an old mask that is brought back on purpose is new work, though the dataset had it once', async () => {
  const team = await makeTeam();
  const [old, relabelled] = [(await picture(1)).mask, (await picture(7)).mask];
  await publishAndMerge(team, await pairFiles([1]));
  await wms(team.clone, ['sync']);
  await publishAndMerge(team, { [MASK]: relabelled });
  await wms(team.clone, ['sync']);
  await writeFiles(team.clone, { [MASK]: old });
  await git(team.clone, 'add', '--force', MASK);
  const later = `@${Math.floor(Date.now() / 1000) + 60} +0000`;
  await git(team.clone, 'commit', '-qm', 'back', `--date=${later}`);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode).toBe(6);
  expect(stderr).toContain(`${MASK}  has other bytes there`);
});

test('a new label that looks like another pair’s is not taken for published', async () => {
  const team = await makeTeam();
  const files = await pairFiles([1, 2]);
  await publishAndMerge(team, files);
  await wms(team.clone, ['sync']);
  await commitFiles(team.clone, { [MASK]: files['data/training/masks/meter_2.png'] as Buffer });
  expect((await wms(team.clone, ['sync'])).exitCode).toBe(6);
});

test('the same bytes under another name are in the dataset', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  await git(team.clone, 'mv', 'data/training/images/meter_1.png', 'data/training/images/linden.png');
  await git(team.clone, 'mv', MASK, 'data/training/masks/linden.png');
  await git(team.clone, 'commit', '-qm', 'rename');
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain('data/training/images/linden.png has another name in the dataset');
});

test('odd names are left out of git status exactly', async () => {
  const team = await makeTeam();
  const odd = [' a b ', '[x]*', 'é#!', 'line\nbreak', '-dash', 'back\\slash', '"q"'];
  const files = await pairFiles(
    odd.map((_, index) => index + 1),
    (seed) => `${odd[seed - 1]}.png`,
  );
  await commitFiles(team.clone, files);
  await push(team.clone);
  expect(await dataBranches(team)).toHaveLength(1);
  await mergePullRequest(team, await onlyDataBranch(team), 'merge');
  const before = rawFiles(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(rawFiles(team.clone)).toEqual(before);
  expect(await status(team.clone)).toBe('');
  await writeFiles(team.clone, {
    'data/training/images/x.png': 'new',
    'data/training/images/[x]y.png': 'new',
  });
  expect((await git(team.clone, 'status', '--porcelain', '-uall')).split('\n')).toHaveLength(2);
});

test('raw files that got onto the remote and were deleted there stay on disk, and Git shows them', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]));
  await git(team.clone, 'push', '--quiet', '--no-verify');
  await teammateCommits(team, async (clone) => {
    await git(clone, 'rm', '--quiet', '-r', 'data/training');
    await git(clone, 'commit', '--quiet', '-m', 'clean up');
  });
  const before = rawFiles(team.clone);
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(rawFiles(team.clone)).toEqual(before);
  expect(await git(team.clone, 'ls-files', 'data')).toBe('');
  expect(await git(team.clone, 'status', '--porcelain', '-uall')).toContain(`?? ${MASK}`);
});

test('a SHA-256 repository, from a subdirectory', async () => {
  const team = await makeTeam({ objectFormat: 'sha256' });
  await publishAndMerge(team, { ...(await pairFiles([1])), 'src/train.py': 'x\n' }, 'squash');
  await commitFiles(team.clone, { 'src/other.py': 'x\n' }, 'other');
  const { exitCode, stderr } = await wms(join(team.clone, 'src'), ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await log(team.clone, 'origin/main..main')).toBe('other');
  expect(await status(team.clone)).toBe('');
});

test('behind without local commits: main is moved forward, without a backup', async () => {
  const team = await makeTeam();
  await teammateCommits(team, (clone) => commitFiles(clone, { 'theirs.py': '1\n' }));
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode, stderr).toBe(0);
  expect(await at(team.clone, 'main')).toBe(await at(team.remote, 'main'));
  expect(await status(team.clone)).toBe('');
  expect(await backups(team.clone)).toBe('');
});

test('ahead with code only: nothing to do', async () => {
  const team = await makeTeam();
  const tip = await commitFiles(team.clone, { 'mine.py': '1\n' });
  const { exitCode, stderr } = await wms(team.clone, ['sync']);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('Nothing to do: main is on origin/main with 1 commit of your own');
  expect(await at(team.clone, 'main')).toBe(tip);
});

test('--dry-run moves nothing, --json tells the same facts', async () => {
  const team = await makeTeam();
  await publishAndMerge(team, await pairFiles([1]));
  const state = async () => ({
    ...(await cloneState(team.clone)),
    all: await refsOf(team.clone),
    git: filesBelow(join(team.clone, '.git'), ['objects', 'index']),
  });
  const before = await state();
  const rehearsed = await wms(team.clone, ['sync', '--dry-run', '--json']);
  expect(rehearsed.exitCode, rehearsed.stderr).toBe(0);
  expect(JSON.parse(rehearsed.stdout)).toMatchObject({
    outcome: 'would-sync',
    pairs: 1,
    commits: { dropped: 1, kept: 0 },
  });
  expect(await state()).toEqual(before);
  const done = await wms(team.clone, ['sync', '--json']);
  expect(JSON.parse(done.stdout)).toMatchObject({ outcome: 'synced', to: await at(team.remote, 'main') });
});

test('a merge under way, a missing branch and a missing remote branch are refused', async () => {
  const team = await makeTeam();
  await git(team.clone, 'checkout', '-q', '-b', 'side');
  await commitFiles(team.clone, { 'a.md': 'side\n' });
  await git(team.clone, 'checkout', '-q', 'main');
  await commitFiles(team.clone, { 'a.md': 'main\n' });
  await tryGit(team.clone, ['merge', 'side']);
  const merging = await wms(team.clone, ['sync']);
  expect(merging.exitCode).toBe(6);
  expect(merging.stderr).toContain('A merge is under way');
  await git(team.clone, 'merge', '--abort');
  expect((await wms(team.clone, ['sync', '--branch', 'nope'])).exitCode).toBe(2);
  expect((await wms(team.clone, ['sync', '--branch', 'side'])).stderr).toContain('origin has no branch side');
});

test('a Git that is too old for the replay is named; without a replay it will do', async () => {
  const team = await makeTeam();
  const bin = makeDirectory();
  const script = `#!/bin/sh\ncase "$*" in *merge-tree*) echo 'usage: git merge-tree' >&2; exit 129 ;; esac\nPATH="$REST" exec git "$@"\n`;
  await writeFile(join(bin, 'git'), script, { mode: 0o755 });
  const old = { PATH: `${bin}${delimiter}${process.env.PATH}`, REST: process.env.PATH ?? '' };
  await publishAndMerge(team, await pairFiles([1]));
  await commitFiles(team.clone, { 'mine.py': '1\n' }, 'mine');
  const refused = await wms(team.clone, ['sync'], old);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('Install Git 2.38 or newer');
  await git(team.clone, 'reset', '--quiet', '--keep', 'HEAD^');
  expect((await wms(team.clone, ['sync'], old)).exitCode).toBe(0);
});
