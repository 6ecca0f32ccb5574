import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { pairFiles, picture } from '../support/pictures.js';
import { onlyDataBranch, publishedFiles, rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git, makeDirectory } from '../support/scratch.js';
import { dataBranches, makeTeam, push } from '../support/team.js';
import { teamWithDataset } from '../support/team-with-dataset.js';

const IMAGES = 'data/training/images';
const MASKS = 'data/training/masks';

test('code and images in the same commits: the code goes along with author, dates, message and order', async () => {
  const { team, clone } = await teamWithDataset([1]);
  const when = {
    GIT_AUTHOR_DATE: '2024-05-06T07:08:09+0200',
    GIT_COMMITTER_DATE: '2024-06-07T08:09:10-0300',
  };
  await commitFiles(clone, { ...(await pairFiles([2])), 'train.py': 'one\n' }, 'placeholder');
  await git(clone, 'config', 'i18n.commitEncoding', 'ISO-8859-1');
  const message = join(makeDirectory(), 'message');
  await writeFile(message, Buffer.from('Z\xe4hler an der Stra\xdfe\n\nBody  with  spaces\n', 'latin1'));
  const amend = [
    'commit',
    '--quiet',
    '--amend',
    '--no-edit',
    '--author',
    'Bea <bea@example.com>',
    '-F',
    message,
  ];
  await execa('git', amend, {
    cwd: clone,
    env: { ...when, HOME: '/nonexistent', GIT_COMMITTER_NAME: 'C', GIT_COMMITTER_EMAIL: 'c@d' },
  });
  await git(clone, 'config', '--unset', 'i18n.commitEncoding');
  await commitFiles(clone, await pairFiles([3]), 'only images');
  await commitFiles(clone, { 'train.py': 'two\n' }, 'more code');

  expect((await push(clone)).exitCode).toBe(1);

  const branch = await onlyDataBranch(team);
  expect((await git(team.remote, 'log', '--format=%s', `main..${branch}`)).split('\n')).toEqual([
    'data: add 2 pairs (3 in total)',
    'more code',
    'Zähler an der Straße',
  ]);
  const raw = (repository: string, revision: string) =>
    git(repository, 'log', '-1', '--format=%an %ae %ad %cn %ce %cd%n%B%n%e', revision);
  expect(await raw(team.remote, `${branch}~2`)).toBe(await raw(clone, 'HEAD~2'));
  expect(await git(team.remote, 'diff-tree', '-r', '--name-only', '--no-commit-id', `${branch}~2`)).toBe(
    'train.py',
  );
  expect(await git(team.remote, 'show', `${branch}:train.py`)).toBe('two');
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('commits without raw files are not rewritten', async () => {
  const { team, clone } = await teamWithDataset([1]);
  const code = await commitFiles(clone, { 'train.py': 'one\n' }, 'code first');
  await git(clone, 'commit', '--quiet', '--allow-empty', '-m', 'empty on purpose');
  const empty = await git(clone, 'rev-parse', 'HEAD');
  await commitFiles(clone, await pairFiles([2]), 'photos');
  await push(clone);
  const branch = await onlyDataBranch(team);
  expect(await git(team.remote, 'log', '--format=%H', `main..${branch}~1`)).toBe(`${empty}\n${code}`);
});

test('files that one commit adds and a later one removes are not published, and do not travel', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2, 3]), 'photos');
  await git(clone, 'rm', '--quiet', `${IMAGES}/meter_3.png`, `${MASKS}/meter_3.png`);
  await git(clone, 'commit', '--quiet', '-m', 'not that one');
  await push(clone);
  const branch = await onlyDataBranch(team);
  expect(Object.keys(await publishedFiles(team, branch, 'images'))).toEqual(['meter_1.png', 'meter_2.png']);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('all images added and removed again: nothing to publish, and still nothing raw goes to main', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]), 'photos');
  await git(clone, 'rm', '--quiet', '-r', IMAGES, MASKS);
  await git(clone, 'commit', '--quiet', '-m', 'no photos');
  const { exitCode, stderr } = await push(clone);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('There is no image to publish');
  expect(stderr).toContain('add raw files that later ones remove');
  expect(await dataBranches(team)).toEqual([]);
});

test('a changed mask is a relabel: replaced without a question', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  const { mask } = await picture(77);
  await commitFiles(clone, { [`${MASKS}/meter_1.png`]: mask }, 'relabel');
  const { stderr } = await push(clone);
  expect(stderr).toContain('Existing: 2, New: 0, Replaced: 1, Total: 2');
  expect((await publishedFiles(team, await onlyDataBranch(team), 'masks'))['meter_1.png']).toEqual(mask);
});

test('a changed image needs consent: without a terminal the push stops', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  const { image } = await picture(77);
  await commitFiles(clone, { [`${IMAGES}/meter_1.png`]: image }, 'other photo');
  const refused = await push(clone);
  expect(refused.stderr).toContain('meter_1.png is in the dataset with other content');
  expect(refused.stderr).toContain('WMS_ALLOW_REPLACE=1');
  expect(JSON.parse(await readFile(join(clone, '.git/wms/last-publish.json'), 'utf8')).error.exitCode).toBe(
    6,
  );
  expect(await dataBranches(team)).toEqual([]);
  expect((await push(clone, [], { WMS_ALLOW_REPLACE: '1' })).stderr).toContain('Replaced: 1, Total: 2');
  expect((await publishedFiles(team, await onlyDataBranch(team), 'images'))['meter_1.png']).toEqual(image);
});

test('a renamed file is published under its last name', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]), 'photos');
  for (const directory of [IMAGES, MASKS])
    await git(clone, 'mv', `${directory}/meter_2.png`, `${directory}/linden.png`);
  await git(clone, 'commit', '--quiet', '-m', 'better name');
  await push(clone);
  expect(Object.keys(await publishedFiles(team, await onlyDataBranch(team), 'images'))).toEqual([
    'linden.png',
    'meter_1.png',
  ]);
});

test('odd names: spaces, quotes, unicode, astral, leading dash, newline, pathspec magic, subdirectories', async () => {
  const { team, clone } = await teamWithDataset([1]);
  const odd = [
    'a b.png',
    `it's "so".png`,
    'Zähler_ß.png',
    '𝒳.png',
    '-rf.png',
    'line\nbreak.png',
    ':(top)x*.png',
    'street 5/no. 7.png',
    '$(id).png',
  ];
  const files = await pairFiles(
    odd.map((_, index) => 100 + index),
    (seed) => odd[seed - 100] as string,
  );
  await commitFiles(clone, { ...files, 'code.py': 'x\n' }, 'odd');
  const { stderr } = await push(clone);
  expect(stderr).toContain('Existing: 1, New: 9, Replaced: 0, Total: 10');
  const branch = await onlyDataBranch(team);
  expect(Object.keys(await publishedFiles(team, branch, 'images')).sort()).toEqual(
    [...odd, 'meter_1.png'].sort(),
  );
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('hidden files in a dataset directory are Git’s, not the dataset’s', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, { ...(await pairFiles([2])), [`${IMAGES}/.gitkeep`]: '' }, 'photos');
  await push(clone);
  expect(await rawFilesOnRemote(team)).toEqual([`${IMAGES}/.gitkeep`]);
});

test('raw files that main held before wms stay as they are', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]), 'before wms');
  await git(team.clone, 'push', '--quiet', '--no-verify');
  const before = await rawFilesOnRemote(team);
  await commitFiles(team.clone, { ...(await pairFiles([3])), 'x.py': '1\n' }, 'more');
  expect((await push(team.clone)).exitCode).toBe(1);
  const branch = await onlyDataBranch(team);
  expect(Object.keys(await publishedFiles(team, branch, 'images'))).toEqual(['meter_3.png']);
  expect(await rawFilesOnRemote(team)).toEqual(before);
  expect(await git(team.remote, 'diff', '--name-only', 'main', branch)).toBe(
    `${IMAGES}.dvc\n${MASKS}.dvc\nx.py`,
  );
});

test('removing raw files from main goes through', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1]), 'before wms');
  await git(team.clone, 'push', '--quiet', '--no-verify');
  await git(team.clone, 'rm', '--quiet', '-r', IMAGES, MASKS);
  await git(team.clone, 'commit', '--quiet', '-m', 'out of Git');
  expect((await push(team.clone)).exitCode).toBe(0);
  expect(await git(team.remote, 'ls-tree', '-r', '--name-only', 'main')).not.toContain('meter_1');
});

test('a new configuration is followed at once: the cache of the old one is not trusted', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]));
  await push(clone);
  const config = { dataset: { images: 'photos', masks: 'labels' } };
  const { image, mask } = await picture(5);
  await git(clone, 'reset', '--quiet', '--hard', 'origin/main');
  await commitFiles(clone, {
    'wms.config.json': JSON.stringify(config),
    'photos/a.png': image,
    'labels/a.png': mask,
  });
  const { stderr } = await push(clone);
  expect(stderr).toContain('Existing: 0, New: 1, Replaced: 0, Total: 1');
  const branch = (await dataBranches(team)).at(-1) as string;
  expect(await git(team.remote, 'ls-tree', '-r', '--name-only', branch)).toContain('photos.dvc');
});

test('a configuration that was never committed still protects main', async () => {
  const team = await makeTeam({ pushed: false });
  await git(team.clone, 'rm', '--quiet', '--cached', 'wms.config.json');
  await git(team.clone, 'commit', '--quiet', '-m', 'without');
  await commitFiles(team.clone, await pairFiles([1]));
  const { exitCode } = await push(team.clone, ['origin', 'main']);
  expect(exitCode).toBe(1);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('a repository without configuration is left alone', async () => {
  const team = await makeTeam();
  await git(team.clone, 'rm', '--quiet', 'wms.config.json');
  await commitFiles(team.clone, await pairFiles([1]));
  expect((await push(team.clone)).exitCode).toBe(0);
});

async function pathWith(programs: Record<string, string>): Promise<string> {
  const bin = makeDirectory();
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

test('a push without dataset files never starts Node', async () => {
  const { clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]));
  await push(clone);
  await git(clone, 'reset', '--quiet', '--hard', 'origin/main');
  await commitFiles(clone, { 'train.py': 'x\n' }, 'code');
  const bin = await pathWith({ node: '#!/bin/sh\necho NODE WAS STARTED >&2\nexit 9\n' });
  const { exitCode, stderr } = await push(clone, [], { PATH: `${bin}:${process.env.PATH}` });
  expect(stderr).not.toContain('NODE WAS STARTED');
  expect(exitCode).toBe(0);
  await commitFiles(clone, await pairFiles([3]));
  expect((await push(clone, [], { PATH: `${bin}:${process.env.PATH}` })).stderr).toContain(
    'NODE WAS STARTED',
  );
});

test('without Node the push is stopped with the way out', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]));
  const bin = makeDirectory();
  for (const program of ['git', 'sh', 'cat', 'dirname']) {
    const { stdout } = await execa('sh', ['-c', `command -v ${program}`]);
    await symlink(stdout, join(bin, program));
  }
  const { exitCode, stderr } = await push(clone, [], { PATH: bin });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('~/.config/husky/init.sh');
  expect(await dataBranches(team)).toEqual([]);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('a dataset directory that is a symbolic link is refused by name', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await mkdir(join(clone, 'data/training'), { recursive: true });
  await symlink('/tmp', join(clone, IMAGES));
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--quiet', '-m', 'link');
  const { exitCode, stderr } = await push(clone);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`The dataset directory ${IMAGES} is a symbolic link`);
  expect(await git(team.remote, 'log', '--format=%s', '-1', 'main')).not.toBe('link');
});
