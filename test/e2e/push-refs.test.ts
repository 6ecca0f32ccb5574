import { appendFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { pairFiles } from '../support/pictures.js';
import { mergeDataBranch, onlyDataBranch, publishedFiles, rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git, makeRemote, tryGit } from '../support/scratch.js';
import { dataBranches, joinTeam, makeTeam, push } from '../support/team.js';

const names = async (team: Parameters<typeof publishedFiles>[0], commit: string) =>
  Object.keys(await publishedFiles(team, commit, 'images'));

test('a push of images becomes a data branch; main, index and working tree stay as they are', async () => {
  const team = await makeTeam();
  const files = await pairFiles([1, 2]);
  await commitFiles(team.clone, files, 'two meters');
  const before = [await git(team.remote, 'rev-parse', 'main'), await git(team.clone, 'rev-parse', 'HEAD')];

  const { exitCode, stdout, stderr } = await push(team.clone);

  expect(exitCode).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('Existing: 0, New: 2, Replaced: 0, Total: 2');
  expect(stderr).not.toContain('\u001b');
  const branch = await onlyDataBranch(team);
  expect(branch).toMatch(/^data\/\d{8}-\d{6}$/);
  expect(await publishedFiles(team, branch, 'images')).toEqual({
    'meter_1.png': files['data/training/images/meter_1.png'],
    'meter_2.png': files['data/training/images/meter_2.png'],
  });
  expect(Object.keys(await publishedFiles(team, branch, 'masks'))).toHaveLength(2);
  expect(await rawFilesOnRemote(team)).toEqual([]);
  expect(await git(team.remote, 'rev-parse', `${branch}^`)).toBe(before[0]);
  expect([await git(team.remote, 'rev-parse', 'main'), await git(team.clone, 'rev-parse', 'HEAD')]).toEqual(
    before,
  );
  expect(await git(team.clone, 'status', '--porcelain')).toBe('');
});

test('the same push again finds its data branch and makes no other', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]));
  await push(team.clone);
  const { exitCode, stderr } = await push(team.clone);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`Published before: ${await onlyDataBranch(team)} waits on origin`);
});

test('a commit named by words with spaces is checked like any other', async () => {
  const team = await makeTeam();
  await push(team.clone);
  await commitFiles(team.clone, await pairFiles([1]));
  const { exitCode } = await push(team.clone, ['origin', 'HEAD@{0 days ago}:refs/heads/main']);
  expect(exitCode).toBe(1);
  expect(await names(team, await onlyDataBranch(team))).toEqual(['meter_1.png']);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('images that the dataset has already are not published again', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]));
  await push(team.clone);
  await mergeDataBranch(team, await onlyDataBranch(team));
  await git(team.clone, 'pull', '--quiet', '--rebase');
  const { exitCode, stderr } = await push(team.clone);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('These images are in the dataset already');
  expect(stderr).toContain('npx wms sync');
  expect(await dataBranches(team)).toEqual([]);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('the first push to an empty remote publishes, and says how main comes to be', async () => {
  const team = await makeTeam({ pushed: false });
  await commitFiles(team.clone, await pairFiles([1]));
  const { exitCode, stderr } = await push(team.clone, ['origin', 'main']);
  expect(exitCode).toBe(1);
  const branch = await onlyDataBranch(team);
  expect(await names(team, branch)).toEqual(['meter_1.png']);
  expect(await rawFilesOnRemote(team)).toEqual([]);
  const command = /git push (origin [0-9a-f]+:refs\/heads\/main)/.exec(stderr)?.[1] ?? '';
  expect((await push(team.clone, command.split(' '))).exitCode).toBe(0);
  expect(await git(team.remote, 'log', '--format=%s', 'main')).toBe('set up');
});

test('a protected branch that is new on the remote counts only what its other branches do not hold', async () => {
  const team = await makeTeam({ config: { protectedBranches: ['main', 'release'] } });
  await git(team.clone, 'checkout', '--quiet', '-b', 'release');
  expect((await push(team.clone, ['origin', 'release'])).exitCode).toBe(0);
  await git(team.clone, 'checkout', '--quiet', '-b', 'other');
  await commitFiles(team.clone, await pairFiles([1]));
  expect((await push(team.clone, ['origin', 'other:release'])).exitCode).toBe(1);
  expect(await names(team, await onlyDataBranch(team))).toEqual(['meter_1.png']);
});

test('deletions, tags and other branches go through', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]));
  await git(team.clone, 'tag', '-a', 'v1', '-m', 'v1', 'HEAD~1');
  await git(team.clone, 'branch', 'feature');
  for (const refs of [['v1'], ['feature'], [':feature']]) {
    const { exitCode, stderr } = await push(team.clone, ['origin', ...refs]);
    expect(stderr).not.toContain('wms ·');
    expect(exitCode).toBe(0);
  }
  expect(await dataBranches(team)).toEqual([]);
});

test('several refs at once: what did not go either is named, with the command that pushes it', async () => {
  const team = await makeTeam();
  await git(team.clone, 'branch', 'feature');
  await git(team.clone, 'tag', 'v1');
  await commitFiles(team.clone, await pairFiles([1]));
  const { exitCode, stderr } = await push(team.clone, ['origin', 'main', 'feature', 'v1']);
  expect(exitCode).toBe(1);
  const command = /git push (origin feature v1)/.exec(stderr)?.[1] ?? '';
  expect((await push(team.clone, command.split(' '))).exitCode).toBe(0);
  expect(await git(team.remote, 'tag')).toBe('v1');
});

test('images on a pushed feature branch are found when it is merged to main', async () => {
  const team = await makeTeam();
  await git(team.clone, 'checkout', '--quiet', '-b', 'feature');
  await commitFiles(team.clone, await pairFiles([1]));
  await commitFiles(team.clone, { 'train.py': 'print(1)\n' }, 'train');
  await push(team.clone, ['origin', 'feature']);
  await git(team.clone, 'checkout', '--quiet', 'main');
  await commitFiles(team.clone, { 'notes.md': 'a\n' }, 'notes');
  await git(team.clone, 'merge', '--quiet', '--no-edit', 'feature');
  expect((await push(team.clone, ['origin', 'main'])).exitCode).toBe(1);
  const branch = await onlyDataBranch(team);
  expect(await names(team, branch)).toEqual(['meter_1.png']);
  const log = await git(team.remote, 'log', '--format=%s', '--topo-order', branch);
  expect(log.split('\n').sort()).toEqual(
    ['data: add 1 pair (1 in total)', "Merge branch 'feature'", 'notes', 'train', 'set up'].sort(),
  );
  await git(team.remote, 'branch', '-D', 'feature');
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('a merge whose side held images only is not kept as a merge with its own past', async () => {
  const team = await makeTeam();
  await git(team.clone, 'checkout', '--quiet', '-b', 'photos');
  await commitFiles(team.clone, await pairFiles([1]));
  await git(team.clone, 'checkout', '--quiet', 'main');
  await commitFiles(team.clone, { 'notes.md': 'a\n' }, 'notes');
  await git(team.clone, 'merge', '--quiet', '--no-edit', 'photos');
  await push(team.clone);
  const branch = await onlyDataBranch(team);
  expect(await git(team.remote, 'log', '--format=%s', branch)).toBe(
    'data: add 1 pair (1 in total)\nnotes\nset up',
  );
});

test('remote ahead of us: images are published on top of what the remote has', async () => {
  const team = await makeTeam();
  const other = await joinTeam(team);
  await commitFiles(other, { 'train.py': 'print(1)\n' }, 'train');
  await git(other, 'push', '--quiet');
  await commitFiles(team.clone, await pairFiles([1]));
  expect((await push(team.clone)).exitCode).toBe(1);
  const branch = await onlyDataBranch(team);
  expect(await git(team.remote, 'rev-parse', `${branch}^`)).toBe(await git(team.remote, 'rev-parse', 'main'));
  expect(await names(team, branch)).toEqual(['meter_1.png']);
});

test('remote ahead of us, and the push changes code, too: nothing happens but a clear answer', async () => {
  const team = await makeTeam();
  const other = await joinTeam(team);
  await commitFiles(other, { 'train.py': 'print(1)\n' }, 'train');
  await git(other, 'push', '--quiet');
  await commitFiles(team.clone, { ...(await pairFiles([1])), 'code.py': 'x\n' });
  const { exitCode, stderr } = await push(team.clone);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('origin/main has commits that this push does not have');
  expect(stderr).toContain('code.py');
  expect(stderr).toContain('git pull --rebase origin main');
  expect(await dataBranches(team)).toEqual([]);
});

test('remote ahead and fetched: Git itself rejects, and the hook with empty input stays silent', async () => {
  const team = await makeTeam();
  const other = await joinTeam(team);
  await commitFiles(other, { 'train.py': 'print(1)\n' }, 'train');
  await git(other, 'push', '--quiet');
  await commitFiles(team.clone, await pairFiles([1]));
  await git(team.clone, 'fetch', '--quiet');
  const { stderr } = await push(team.clone);
  expect(stderr).toContain('non-fast-forward');
  expect(stderr).not.toContain('wms ·');
});

test('a push with nothing to send gives the hook no refs, and passes', async () => {
  const team = await makeTeam();
  expect((await push(team.clone)).exitCode).toBe(0);
});

test('a forced push of images never overwrites main', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, { 'notes.md': 'a\n' }, 'notes');
  await git(team.clone, 'push', '--quiet', '--no-verify');
  const main = await git(team.remote, 'rev-parse', 'main');
  await git(team.clone, 'reset', '--quiet', '--hard', 'HEAD~1');
  await commitFiles(team.clone, await pairFiles([1]));
  expect((await push(team.clone, ['--force'])).exitCode).toBe(1);
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
  expect(await git(team.remote, 'rev-parse', `${await onlyDataBranch(team)}^`)).toBe(main);
});

test('a remote given as a URL', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]));
  expect((await push(team.clone, [team.remote, 'main'])).exitCode).toBe(1);
  expect(await names(team, await onlyDataBranch(team))).toEqual(['meter_1.png']);
});

test('several push URLs: each remote gets its data branch', async () => {
  const team = await makeTeam();
  const mirror = await makeRemote();
  await git(team.clone, 'push', '--quiet', mirror, 'main');
  await git(team.clone, 'remote', 'set-url', '--push', 'origin', team.remote);
  await git(team.clone, 'remote', 'set-url', '--push', '--add', 'origin', mirror);
  await commitFiles(team.clone, await pairFiles([1]));
  expect((await push(team.clone)).exitCode).toBe(1);
  for (const remote of [team.remote, mirror]) {
    const view = { ...team, remote };
    expect(await names(view, await onlyDataBranch(view))).toEqual(['meter_1.png']);
    expect(await rawFilesOnRemote(view)).toEqual([]);
  }
});

test('detached HEAD', async () => {
  const team = await makeTeam();
  await git(team.clone, 'checkout', '--quiet', '--detach');
  await commitFiles(team.clone, await pairFiles([1]));
  expect((await push(team.clone, ['origin', 'HEAD:main'])).exitCode).toBe(1);
  expect(await names(team, await onlyDataBranch(team))).toEqual(['meter_1.png']);
});

test('a SHA-256 repository', async () => {
  const team = await makeTeam({ objectFormat: 'sha256' });
  await commitFiles(team.clone, { ...(await pairFiles([1])), 'train.py': 'x\n' }, 'both');
  expect((await push(team.clone)).exitCode).toBe(1);
  const branch = await onlyDataBranch(team);
  expect(await names(team, branch)).toEqual(['meter_1.png']);
  expect(await git(team.remote, 'log', '-1', '--format=%s', `${branch}^`)).toBe('both');
});

test('a branch named data on the remote leaves no room: the message says so', async () => {
  const team = await makeTeam();
  await git(team.clone, 'push', '--quiet', 'origin', 'main:data');
  await commitFiles(team.clone, await pairFiles([1]));
  const { exitCode, stderr } = await push(team.clone);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('branch named "data"');
});

test('the name of the second is taken: the next one is used', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]));
  for (let ahead = 0; ahead < 20; ahead++) {
    const digits = new Date(Date.now() + ahead * 1000).toISOString().replace(/[-:T]/g, '');
    await git(team.remote, 'branch', `data/${digits.slice(0, 8)}-${digits.slice(8, 14)}`, 'main');
  }
  const taken = await dataBranches(team);
  expect((await push(team.clone)).exitCode).toBe(1);
  expect((await dataBranches(team)).filter((name) => !taken.includes(name))).toHaveLength(1);
});

test('other people’s pre-push hooks still run for the data branch', async () => {
  const team = await makeTeam();
  const hooks = await git(team.clone, 'rev-parse', '--path-format=absolute', '--git-path', 'hooks');
  const log = `${hooks}/seen`;
  await writeFile(
    `${hooks}/pre-push`,
    `#!/bin/sh\nrefs=$(cat)\nprintf '%s\\n' "$refs" | sh node_modules/wms-hooks/hooks/pre-push "$@" || exit $?\nprintf '%s\\n' "$refs" >>'${log}'\n`,
    { mode: 0o755 },
  );
  await appendFile(log, '');
  await commitFiles(team.clone, await pairFiles([1]));
  await push(team.clone);
  expect(await readFile(log, 'utf8')).toContain(`refs/heads/${await onlyDataBranch(team)}`);
});

test('shallow and partial clones', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, { 'notes.md': 'a\n' }, 'notes');
  await git(team.clone, 'push', '--quiet');
  await git(team.remote, 'config', 'uploadpack.allowFilter', 'true');
  const flags = [['--depth=1'], ['--filter=blob:none']];
  for (const [index, some] of flags.entries()) {
    const view = { ...team, remote: team.remote };
    const clone = await joinTeam({ ...view, remote: `file://${team.remote}` }, ...some);
    await commitFiles(clone, await pairFiles([index]), 'photos');
    expect((await push(clone)).exitCode).toBe(1);
    const branch = (await dataBranches(team)).at(-1) as string;
    expect(await names(team, branch)).toEqual([`meter_${index}.png`]);
    await git(team.remote, 'branch', '-D', branch);
  }
});

test('a linked worktree, and a subdirectory as the current directory', async () => {
  const team = await makeTeam();
  const linked = `${team.clone}-linked`;
  await git(team.clone, 'worktree', 'add', '--quiet', '-b', 'photos', linked);
  await symlink(`${team.clone}/node_modules`, `${linked}/node_modules`);
  await commitFiles(linked, await pairFiles([1]));
  await mkdir(`${linked}/sub/deep`, { recursive: true });
  const { exitCode } = await push(`${linked}/sub/deep`, ['origin', 'photos:main']);
  expect(exitCode).toBe(1);
  expect(await names(team, await onlyDataBranch(team))).toEqual(['meter_1.png']);
  expect((await tryGit(linked, ['status', '--porcelain'])).stdout).toBe('');
});
