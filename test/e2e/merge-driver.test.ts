import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  commitDataset,
  type Dataset,
  datasetAt,
  makeMergingTeam,
  pairsOf,
  together,
} from '../support/dataset-commits.js';
import { commitFiles, git, makeDirectory, tryGit } from '../support/scratch.js';
import { joinTeam, PACKAGE_ROOT, type Ran, type Team, wms } from '../support/team.js';

const IMAGES = 'data/training/images.dvc';
const MASKS = 'data/training/masks.dvc';
const A = pairsOf(['a']);
const B = pairsOf(['b']);
const C = pairsOf(['c']);
const ABC = together(A, B, C);
const NO_EDITOR = { env: { GIT_EDITOR: 'true' } };

/** Branches `main` and `other` from one base, `main` checked out. */
async function diverged(
  ours: Dataset,
  theirs: Dataset,
  base: Dataset | null = A,
  options: Parameters<typeof makeMergingTeam>[1] = {},
): Promise<Team> {
  const team = await makeMergingTeam(base, options);
  const { clone } = team;
  await git(clone, 'checkout', '--quiet', '-b', 'other');
  await commitDataset(team, clone, theirs, 'theirs', options.directories);
  await git(clone, 'checkout', '--quiet', 'main');
  await commitDataset(team, clone, ours, 'ours', options.directories);
  return team;
}

const merge = (cwd: string, ...args: string[]) => tryGit(cwd, ['merge', '--no-edit', 'other', ...args]);
const status = (clone: string) => git(clone, 'status', '--porcelain', '--untracked-files=no');
const text = (clone: string, path: string) => readFile(join(clone, path), 'utf8');

function expectSuccess({ exitCode, stdout, stderr }: Ran): void {
  expect(`${exitCode}\n${exitCode === 0 ? '' : stdout + stderr}`).toBe('0\n');
}

describe('git merges the dataset by content', () => {
  test('merge: the union, its manifests in the store, no word on the screen', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const result = await merge(team.clone);
    expectSuccess(result);
    expect(result.stderr).toBe('');
    expect(await datasetAt(team, team.clone)).toEqual(ABC);
    expect(await text(team.clone, IMAGES)).toMatch(/ {2}size: \d+\n {2}nfiles: 3\n/);
    expect(await status(team.clone)).toBe('');
  });

  test('deletions and relabels on both sides', async () => {
    const relabelled = pairsOf(['d'], ' again');
    const base = together(A, B, C, pairsOf(['d']));
    const team = await diverged(together(B, C, relabelled), together(A, C, pairsOf(['d', 'e'])), base);
    expectSuccess(await merge(team.clone));
    expect(await datasetAt(team, team.clone)).toEqual(together(C, relabelled, pairsOf(['e'])));
  });

  test('two first publishes', async () => {
    const team = await diverged(A, B, null);
    expectSuccess(await merge(team.clone));
    expect(await datasetAt(team, team.clone)).toEqual(together(A, B));
  });

  test('rebase of several commits, and cherry-pick', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const { clone } = team;
    await git(clone, 'checkout', '--quiet', 'other');
    await commitDataset(team, clone, together(A, C, pairsOf(['d'])), 'more');
    expectSuccess(await tryGit(clone, ['rebase', '--quiet', 'main']));
    expect(await datasetAt(team, clone)).toEqual(together(ABC, pairsOf(['d'])));
    expect(await datasetAt(team, clone, 'HEAD~1')).toEqual(ABC);
    const picked = await commitDataset(team, clone, together(ABC, pairsOf(['d', 'e'])), 'e');
    await git(clone, 'checkout', '--quiet', 'main');
    expectSuccess(await tryGit(clone, ['cherry-pick', picked]));
    expect(await datasetAt(team, clone)).toEqual(together(A, B, pairsOf(['e'])));
  });

  test('branches that were merged into each other: what one deleted afterwards stays deleted', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const { clone } = team;
    await git(clone, 'branch', 'main-before');
    expectSuccess(await merge(clone));
    await git(clone, 'checkout', '--quiet', 'other');
    expectSuccess(await tryGit(clone, ['merge', '--no-edit', 'main-before']));
    await commitDataset(team, clone, together(A, C, pairsOf(['d'])), 'take b out');
    await git(clone, 'checkout', '--quiet', 'main');
    await commitDataset(team, clone, together(ABC, pairsOf(['e'])), 'e');
    const before = await git(clone, 'rev-parse', 'HEAD');
    expect((await git(clone, 'merge-base', '--all', 'main', 'other')).split('\n')).toHaveLength(2);
    expectSuccess(await merge(clone));
    expect(await datasetAt(team, clone)).toEqual(together(A, C, pairsOf(['d', 'e'])));
    await git(clone, 'reset', '--quiet', '--hard', before);
    expectSuccess(await wms(clone, ['data', 'merge', 'other']));
    expect(await datasetAt(team, clone)).toEqual(together(A, C, pairsOf(['d', 'e'])));
  });

  test('from a subdirectory, in a linked worktree, in a SHA-256 repository', async () => {
    const team = await diverged(together(A, B), together(A, C), A, { objectFormat: 'sha256' });
    const linked = join(makeDirectory(), 'linked');
    await git(team.clone, 'worktree', 'add', '--quiet', '-b', 'topic', linked, 'main');
    await mkdir(join(linked, 'sub/deep'), { recursive: true });
    expectSuccess(await merge(join(linked, 'sub/deep')));
    expect(await datasetAt(team, linked)).toEqual(ABC);
    expectSuccess(await merge(join(team.clone, 'data')));
    expect(await datasetAt(team, team.clone)).toEqual(ABC);
  });

  test('directories with spaces and other odd characters', async () => {
    const directories = { images: "data/it's [my] photos *", masks: 'masks "2" é' };
    const team = await diverged(together(A, B), together(A, C), A, { directories });
    expectSuccess(await merge(team.clone));
    expect(await datasetAt(team, team.clone, 'HEAD', directories)).toEqual(ABC);
  });

  test('a checkout with CRLF', async () => {
    const team = await diverged(together(A, B), together(A, C));
    await git(team.clone, 'config', 'core.autocrlf', 'true');
    await rm(join(team.clone, IMAGES));
    await rm(join(team.clone, MASKS));
    await git(team.clone, 'checkout', '--quiet', '--', 'data');
    await git(team.clone, 'branch', 'second');
    expectSuccess(await merge(team.clone));
    expect(await datasetAt(team, team.clone)).toEqual(ABC);
    expect(await text(team.clone, IMAGES)).toMatch(/\r\n/);
    expect(await git(team.clone, 'show', `HEAD:${IMAGES}`)).not.toMatch(/\r/);
    await git(team.clone, 'checkout', '--quiet', 'second');
    expectSuccess(await wms(team.clone, ['data', 'merge', 'other']));
    expect(await datasetAt(team, team.clone)).toEqual(ABC);
    expect(await text(team.clone, IMAGES)).toMatch(/\r\n/);
    expect(await status(team.clone)).toBe('');
  });
});

describe('what cannot be decided', () => {
  const relabel = (word: string) => ({ images: A.images, masks: { 'a.png': word } });

  test('both pointers stay visible, the files are listed, and one side is taken on request', async () => {
    const team = await diverged(together(relabel('ours'), B), together(relabel('theirs'), C));
    const { clone } = team;
    const pointers = {
      ours: await git(clone, 'show', `main:${MASKS}`),
      theirs: await git(clone, 'show', `other:${MASKS}`),
    };
    const result = await merge(clone);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`${MASKS}: both sides changed one file, each in its own way.`);
    expect(result.stderr).toContain('a.png: ours changed it, theirs changed it');
    expect(result.stderr).toContain('npx wms data merge');
    expect(await text(clone, MASKS)).toMatch(
      /^<<<<<<< ours.*\n[\s\S]*\n=======\n[\s\S]*\n>>>>>>> theirs.*\n$/,
    );
    for (const pointer of Object.values(pointers)) expect(await text(clone, MASKS)).toContain(pointer);
    expect(await status(clone)).toBe(`M  ${IMAGES}\nUU ${MASKS}`);

    const listed = await wms(clone, ['data', 'merge', '--json']);
    expect(listed.exitCode).toBe(6);
    expect(JSON.parse(listed.stdout)).toMatchObject({
      outcome: 'conflict',
      sides: { theirs: expect.stringMatching(/theirs$/) },
      conflicts: [
        {
          pair: 'a',
          files: [{ role: 'masks', path: 'a.png', ours: { did: 'changed' }, theirs: { did: 'changed' } }],
        },
      ],
    });
    expect(listed.stderr).toContain('--take ours');
    expect(await status(clone)).toBe(`M  ${IMAGES}\nUU ${MASKS}`);

    const taken = await wms(join(clone, 'data'), ['data', 'merge', '--take', 'theirs']);
    expectSuccess(taken);
    expect(taken.stdout).toContain('git merge --continue');
    expectSuccess(await tryGit(clone, ['merge', '--continue'], NO_EDITOR));
    expect(await datasetAt(team, clone)).toEqual(together(relabel('theirs'), B, C));
    expect(await status(clone)).toBe('');
  });

  test('a pair that one side deleted and the other relabelled: it comes back whole, or stays away whole', async () => {
    const team = await diverged(together(B), together(relabel('theirs'), B, C), together(A, B));
    const { clone } = team;
    await git(clone, 'branch', 'second');
    const result = await merge(clone);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('a.png: ours deleted it, theirs changed it');
    const asked = await wms(clone, ['data', 'merge']);
    expect(asked.exitCode).toBe(6);
    expect(asked.stderr).toContain('image a.png: ours deleted it, theirs kept it');
    expectSuccess(await wms(clone, ['data', 'merge', '--take', 'theirs']));
    await git(clone, 'commit', '--quiet', '--no-edit');
    expect(await datasetAt(team, clone)).toEqual(together(relabel('theirs'), B, C));
    await git(clone, 'checkout', '--quiet', 'second');
    expectSuccess(await wms(clone, ['data', 'merge', 'other', '--take', 'ours']));
    expect(await datasetAt(team, clone)).toEqual(together(B, C));
  });

  test('an image replaced here, its mask relabelled there: Git sees no conflict, wms data merge does', async () => {
    const rephotographed = { images: { 'a.png': 'another photo' }, masks: A.masks };
    const team = await diverged(rephotographed, relabel('theirs'));
    const { clone } = team;
    const result = await wms(clone, ['data', 'merge', 'other']);
    expect(result.exitCode).toBe(6);
    expect(result.stderr).toContain('image a.png: ours changed it, theirs kept it');
    expect(result.stderr).toContain('mask a.png: ours kept it, theirs changed it');
    expect((await tryGit(clone, ['commit', '--no-edit'])).exitCode).not.toBe(0);
    expect(await status(clone)).toBe(`UU ${IMAGES}\nUU ${MASKS}`);
    expectSuccess(await wms(clone, ['data', 'merge', 'other', '--take', 'ours']));
    expect(await datasetAt(team, clone)).toEqual(rephotographed);
    expect(await git(clone, 'log', '-1', '--format=%s')).toBe("Merge branch 'other'");
  });

  test('one side’s file is the other side’s directory', async () => {
    const file = { images: { 'a.png': 'x' }, masks: { 'a.png': 'x' } };
    const directory = { images: { 'a.png/b.png': 'x' }, masks: { 'a.png/b.png': 'x' } };
    const team = await diverged(together(B, file), together(B, directory), B);
    const result = await merge(team.clone);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('a.png/b.png');
    expect((await wms(team.clone, ['data', 'merge'])).exitCode).toBe(6);
  });

  test('comments that both sides changed', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const { clone } = team;
    const comment = async (word: string) => {
      await appendFile(join(clone, IMAGES), `# ${word}\n`);
      await git(clone, 'commit', '--quiet', '--all', '-m', word);
    };
    await comment('ours');
    await git(clone, 'checkout', '--quiet', 'other');
    await comment('theirs');
    await git(clone, 'checkout', '--quiet', 'main');
    const result = await merge(clone);
    expect(result.stderr).toContain('both sides changed other lines');
    expect((await wms(clone, ['data', 'merge'])).exitCode).toBe(6);
    expectSuccess(await wms(clone, ['data', 'merge', '--take', 'theirs']));
    await git(clone, 'commit', '--quiet', '--no-edit');
    expect(await datasetAt(team, clone)).toEqual(ABC);
    expect(await text(clone, IMAGES)).toMatch(/# theirs\n$/);
  });

  test('a pointer that one side deleted', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const { clone } = team;
    await git(clone, 'checkout', '--quiet', 'other');
    await git(clone, 'rm', '--quiet', MASKS);
    await git(clone, 'commit', '--quiet', '-m', 'no masks');
    await git(clone, 'checkout', '--quiet', 'main');
    expect((await merge(clone)).exitCode).toBe(1);
    const result = await wms(clone, ['data', 'merge']);
    expect(result.exitCode).toBe(6);
    expect(result.stderr).toContain(`${MASKS}: theirs deleted the pointer itself`);
    await git(clone, 'add', MASKS);
    expectSuccess(await wms(clone, ['data', 'merge']));
    await git(clone, 'commit', '--quiet', '--no-edit');
    expect((await datasetAt(team, clone)).images).toEqual(ABC.images);
  });
});

describe('where the driver cannot work', () => {
  test('without the store both pointers are left, and wms data merge goes on later', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const { clone, store } = team;
    await rename(store, `${store}-away`);
    const result = await merge(clone);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('npx wms data merge');
    for (const pointer of [IMAGES, MASKS]) expect(await text(clone, pointer)).toContain('<<<<<<< ours');
    expect((await wms(clone, ['data', 'merge'])).exitCode).toBe(5);
    expect(await status(clone)).toBe(`UU ${IMAGES}\nUU ${MASKS}`);
    await rename(`${store}-away`, store);
    expectSuccess(await wms(clone, ['data', 'merge']));
    await git(clone, 'commit', '--quiet', '--no-edit');
    expect(await datasetAt(team, clone)).toEqual(ABC);
  });

  test('without credentials it asks nobody and says what to run', async () => {
    const dvcConfig = `[core]\n    remote = s\n['remote "s"']\n    url = s3://wms-dvc-data/dvc\n`;
    const team = await diverged(together(A, B), together(A, C), A, { dvcConfig });
    const result = await merge(team.clone);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('credentials');
    expect(result.stderr).toContain('Then merge the pointers: npx wms data merge');
    expect(await text(team.clone, IMAGES)).toContain('>>>>>>> theirs');
  });

  test('without the package both pointers are left, too', async () => {
    const team = await diverged(together(A, B), together(A, C));
    await rm(join(team.clone, 'node_modules'), { recursive: true });
    const result = await merge(team.clone);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('npm install, then: npx wms data merge');
    expect(await text(team.clone, IMAGES)).toMatch(/<<<<<<< ours\n[\s\S]*=======\n[\s\S]*>>>>>>> theirs\n/);
  });
});

describe('wms data merge', () => {
  /** A fresh clone in which nobody ran `wms init`. */
  async function fresh(team: Team): Promise<string> {
    await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'main', 'other');
    return joinTeam(team);
  }

  test('merges a branch of the remote in a fresh clone, which has the driver from then on', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const clone = await fresh(team);
    expectSuccess(await wms(clone, ['data', 'merge', 'origin/other', '--json']));
    expect(await datasetAt(team, clone)).toEqual(ABC);
    expect(await git(clone, 'log', '-1', '--format=%s%n%P')).toBe(
      `Merge remote-tracking branch 'origin/other'\n${await git(clone, 'rev-parse', 'origin/main')} ${await git(clone, 'rev-parse', 'origin/other')}`,
    );
    expect(await status(clone)).toBe('');
    expect(await git(clone, 'config', '--local', 'merge.wms.driver')).toContain('merge-driver %O %A %B %P');
    const again = await wms(clone, ['data', 'merge', 'origin/other', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'up-to-date' });
    await git(clone, 'reset', '--quiet', '--hard', 'origin/main~1');
    const forward = await wms(clone, ['data', 'merge', 'origin/main', '--json']);
    expect(JSON.parse(forward.stdout)).toMatchObject({ outcome: 'fast-forward' });
    expect(await git(clone, 'rev-parse', 'HEAD')).toBe(await git(clone, 'rev-parse', 'origin/main'));
  });

  test.each([
    ['merge', ['merge', '--no-edit', 'origin/other']],
    ['rebase', ['rebase', 'origin/other']],
    ['cherry-pick', ['cherry-pick', 'origin/other']],
  ])('ends a %s that stopped for want of a driver', async (name, args) => {
    const team = await diverged(together(A, B), together(A, C));
    const clone = await fresh(team);
    expect((await tryGit(clone, args)).exitCode).toBe(1);
    const result = await wms(clone, ['data', 'merge']);
    expectSuccess(result);
    expect(result.stdout).toContain(`→ git ${name} --continue`);
    expectSuccess(await tryGit(clone, [name, '--continue'], NO_EDITOR));
    expect(await datasetAt(team, clone)).toEqual(ABC);
    expect(await status(clone)).toBe('');
  });

  test('ends a revert, and the conflict of a stash', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const { clone } = team;
    await git(clone, 'config', '--remove-section', 'merge.wms');
    const added = await git(clone, 'rev-parse', 'HEAD');
    await commitDataset(team, clone, ABC, 'more');
    expect((await tryGit(clone, ['revert', '--no-edit', added])).exitCode).toBe(1);
    expectSuccess(await wms(clone, ['data', 'merge']));
    expectSuccess(await tryGit(clone, ['revert', '--continue'], NO_EDITOR));
    expect(await datasetAt(team, clone)).toEqual(together(A, C));

    await git(clone, 'config', '--remove-section', 'merge.wms');
    await commitDataset(team, clone, together(A, C, pairsOf(['d'])), 'set aside');
    await git(clone, 'reset', '--quiet', 'HEAD~1');
    await git(clone, 'stash');
    await commitDataset(team, clone, together(A, C, pairsOf(['e'])), 'meanwhile');
    expect((await tryGit(clone, ['stash', 'pop'])).exitCode).toBe(1);
    expect((await wms(clone, ['data', 'merge'])).stdout).toContain('→ git commit');
    await git(clone, 'commit', '--quiet', '-m', 'both');
    expect(await datasetAt(team, clone)).toEqual(together(A, C, pairsOf(['d', 'e'])));
  });

  test('a conflict that was staged with its markers', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const clone = await fresh(team);
    await tryGit(clone, ['merge', '--no-edit', 'origin/other']);
    await git(clone, 'add', '--all', 'data');
    expectSuccess(await wms(clone, ['data', 'merge']));
    await git(clone, 'commit', '--quiet', '--no-edit');
    expect(await datasetAt(team, clone)).toEqual(ABC);
  });

  test('a conflict that was committed with its markers is refused by name', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const clone = await fresh(team);
    await tryGit(clone, ['merge', '--no-edit', 'origin/other']);
    await git(clone, 'commit', '--quiet', '--all', '--no-edit');
    const { exitCode, stderr } = await wms(clone, ['data', 'merge']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('that Git does not know any more')]);
    expect(stderr).toContain(`git log -- ${IMAGES}`);
  });

  test('leaves conflicts in other files to a person', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const { clone } = team;
    await commitFiles(clone, { 'train.py': 'ours\n' });
    await git(clone, 'checkout', '--quiet', 'other');
    await commitFiles(clone, { 'train.py': 'theirs\n' });
    await git(clone, 'checkout', '--quiet', 'main');
    const result = await wms(clone, ['data', 'merge', 'other']);
    expect(result.exitCode).toBe(6);
    expect(result.stderr).toContain('train.py');
    expect((await status(clone)).split('\n').sort()).toEqual([`AA train.py`, `M  ${IMAGES}`, `M  ${MASKS}`]);
    await writeFile(join(clone, 'train.py'), 'both\n');
    await git(clone, 'add', 'train.py');
    expectSuccess(await tryGit(clone, ['merge', '--continue'], NO_EDITOR));
    expect(await datasetAt(team, clone)).toEqual(ABC);
  });

  test('keeps what a person has decided', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const clone = await fresh(team);
    await tryGit(clone, ['merge', '--no-edit', 'origin/other']);
    await git(clone, 'checkout', '--quiet', '--theirs', '--', IMAGES);
    await git(clone, 'add', IMAGES);
    expectSuccess(await wms(clone, ['data', 'merge']));
    await git(clone, 'commit', '--quiet', '--no-edit');
    expect(await datasetAt(team, clone)).toEqual({ images: together(A, C).images, masks: ABC.masks });
  });

  test('changes nothing when it cannot begin', async () => {
    const team = await diverged(together(A, B), together(A, C));
    const { clone } = team;
    const head = await git(clone, 'rev-parse', 'HEAD');
    const nothing = await wms(clone, ['data', 'merge']);
    expect([nothing.exitCode, nothing.stderr]).toEqual([
      2,
      expect.stringContaining('No merge has stopped here'),
    ]);
    expect((await wms(clone, ['data', 'merge', 'nowhere'])).exitCode).toBe(2);
    await appendFile(join(clone, IMAGES), '# local\n');
    const dirty = await wms(clone, ['data', 'merge', 'other']);
    expect(dirty.exitCode).toBe(2);
    expect(dirty.stderr).toContain('local changes');
    expect(await git(clone, 'rev-parse', 'HEAD')).toBe(head);
    expect(await status(clone)).toBe(` M ${IMAGES}`);
    await git(clone, 'checkout', '--quiet', '--', IMAGES);
    await git(clone, 'config', '--remove-section', 'merge.wms');
    await tryGit(clone, ['rebase', 'other']);
    const busy = await wms(clone, ['data', 'merge', 'other']);
    expect(busy.exitCode).toBe(2);
    expect(busy.stderr).toContain('A rebase is not finished here');
  });
});

test('wms init makes Git use the driver', async () => {
  const team = await makeMergingTeam(A);
  const clone = join(makeDirectory(), 'by init');
  await git(team.clone, 'clone', '--quiet', team.remote, clone);
  await mkdir(join(clone, 'node_modules'));
  await symlink(PACKAGE_ROOT, join(clone, 'node_modules/wms-hooks'));
  expectSuccess(await wms(clone, ['init', '--yes']));
  expect(await git(clone, 'config', 'merge.wms.name')).toContain('wms');
  expect(await git(clone, 'check-attr', 'merge', '--', IMAGES)).toBe(`${IMAGES}: merge: wms`);
  expect(await status(clone)).not.toContain('.gitattributes');
  await commitDataset(team, clone, together(A, B));
  await git(clone, 'checkout', '--quiet', '-b', 'topic', 'HEAD~1');
  await commitDataset(team, clone, together(A, C));
  expectSuccess(await tryGit(clone, ['merge', '--no-edit', 'main']));
  expect(await datasetAt(team, clone)).toEqual(ABC);
});
