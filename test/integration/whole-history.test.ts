import { existsSync, rmSync } from 'node:fs';
import { appendFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { openWholeHistory } from '../../src/adapters/git/whole-history.js';
import type { WholeHistory } from '../../src/ports/whole-history.js';
import {
  commitFiles,
  git,
  isolatedEnv,
  makeDirectory,
  makeRemote,
  makeRepository,
  tryGit,
  writeFiles,
} from '../support/scratch.js';

const ENDINGS = ['.dvc', 'dvc.lock'];
let clone: string;
let history: WholeHistory;

async function open(path: string): Promise<WholeHistory> {
  const env = isolatedEnv();
  return openWholeHistory(await openGitRepository({ cwd: path, env }), env);
}

beforeEach(async () => {
  clone = await makeRepository();
  history = await open(clone);
});

/** Contents of all versions that are found. */
async function contents(tips: readonly string[] = [], of = history, at = clone): Promise<string[]> {
  const found = new Set((await of.versions(tips, ENDINGS)).map(({ blob }) => blob));
  const texts = await Promise.all([...found].map((blob) => git(at, 'cat-file', 'blob', blob)));
  return texts.sort();
}

describe('versions', () => {
  test('a repository without a commit has none', async () => {
    expect(await contents()).toEqual([]);
  });

  test('every version of every such file, at any depth, and no other file', async () => {
    await commitFiles(clone, { 'a.dvc': 'one', 'x/y/b.dvc': 'two', 'z/dvc.lock': 'three', 'c.txt': 'no' });
    await commitFiles(clone, { 'a.dvc': 'four', 'd.dvc/file': 'no' });
    await git(clone, 'rm', '--quiet', '-r', '.');
    await git(clone, 'commit', '--quiet', '-m', 'gone');
    expect(await contents()).toEqual(['four', 'one', 'three', 'two']);
  });

  test('a version whose bytes another file has, too', async () => {
    await commitFiles(clone, { 'notes.txt': 'same bytes' });
    await commitFiles(clone, { 'a.dvc': 'same bytes' });
    await commitFiles(clone, { 'a.dvc': 'other bytes' });
    expect(await contents()).toEqual(['other bytes', 'same bytes']);
  });

  test('what only a merge commit has, and what came from each of its sides', async () => {
    await commitFiles(clone, { 'a.dvc': 'base' });
    await git(clone, 'checkout', '--quiet', '-b', 'side');
    await commitFiles(clone, { 'a.dvc': 'side' });
    await git(clone, 'checkout', '--quiet', 'main');
    await commitFiles(clone, { 'a.dvc': 'main' });
    await tryGit(clone, ['merge', '--quiet', 'side']);
    await commitFiles(clone, { 'a.dvc': 'merged' });
    await git(clone, 'branch', '-D', 'side');
    expect(await contents()).toEqual(['base', 'main', 'merged', 'side']);
  });

  test('commits that only a reflog names', async () => {
    await commitFiles(clone, { 'a.dvc': 'kept' });
    await commitFiles(clone, { 'a.dvc': 'reset away' });
    await git(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
    expect(await contents()).toEqual(['kept', 'reset away']);
    await git(clone, 'reflog', 'expire', '--expire=now', '--all');
    rmSync(join(clone, '.git/ORIG_HEAD'), { force: true });
    expect(await contents()).toEqual(['kept']);
  });

  test('stashes, with what was not tracked', async () => {
    await commitFiles(clone, { 'a.dvc': 'committed' });
    await writeFiles(clone, { 'a.dvc': 'stashed', 'new.dvc': 'stashed, too' });
    await git(clone, 'stash', '--quiet', '--include-untracked');
    await writeFiles(clone, { 'a.dvc': 'stashed later' });
    await git(clone, 'stash', '--quiet');
    expect(await contents()).toEqual(['committed', 'stashed', 'stashed later', 'stashed, too']);
  });

  test('what is staged, here and in a linked working tree, also when its directory is gone', async () => {
    await commitFiles(clone, { 'a.dvc': 'committed' });
    const linked = join(makeDirectory(), 'linked');
    await git(clone, 'worktree', 'add', '--quiet', '--detach', linked);
    await commitFiles(linked, { 'a.dvc': 'on a detached HEAD elsewhere' });
    await writeFiles(linked, { 'a.dvc': 'staged elsewhere' });
    await git(linked, 'add', '--all');
    await writeFiles(clone, { 'a.dvc': 'staged' });
    await git(clone, 'add', '--all');
    const all = ['committed', 'on a detached HEAD elsewhere', 'staged', 'staged elsewhere'];
    expect(await contents()).toEqual(all);
    expect(await contents([], await open(linked), linked)).toEqual(all);
    rmSync(linked, { recursive: true });
    expect(await contents()).toEqual(all);
  });

  test('all sides of a conflict', async () => {
    await commitFiles(clone, { 'a.dvc': 'base' });
    const [base, ours, theirs] = await Promise.all(
      ['base', 'ours', 'theirs'].map(
        async (text) => (await tryGit(clone, ['hash-object', '-w', '--stdin'], { input: text })).stdout,
      ),
    );
    const input = [
      `0 ${'0'.repeat(40)}\ta.dvc`,
      `100644 ${base} 1\ta.dvc`,
      `100644 ${ours} 2\ta.dvc`,
      `100644 ${theirs} 3\ta.dvc`,
    ];
    await tryGit(clone, ['update-index', '--index-info'], { input: `${input.join('\n')}\n` });
    expect(await contents()).toEqual(['base', 'ours', 'theirs']);
  });

  test('a tree that a tag names without a commit', async () => {
    const commit = await commitFiles(clone, { 'a.dvc': 'tagged' });
    await git(clone, 'tag', 'of-a-tree', `${commit}^{tree}`);
    await git(clone, 'tag', '-a', '-m', 'x', 'annotated', `${commit}^{tree}`);
    await git(clone, 'update-ref', '-d', 'refs/heads/main');
    await git(clone, 'reflog', 'expire', '--expire=now', '--all');
    await git(clone, 'rm', '--quiet', '--cached', 'a.dvc');
    expect(await contents()).toEqual(['tagged']);
  });

  test('what a replacement hides, and what it shows', async () => {
    const hidden = await commitFiles(clone, { 'a.dvc': 'hidden' });
    await commitFiles(clone, { 'a.dvc': 'newest' });
    await git(clone, 'checkout', '--quiet', '--orphan', 'other');
    const shown = await commitFiles(clone, { 'a.dvc': 'shown' });
    await git(clone, 'replace', hidden, shown);
    expect(await contents()).toEqual(['hidden', 'newest', 'shown']);
  });

  test('what an unfinished merge of an unknown place remembers', async () => {
    await commitFiles(clone, { 'a.dvc': 'here' });
    const elsewhere = await makeRepository();
    await commitFiles(elsewhere, { 'a.dvc': 'fetched from a URL' });
    await git(clone, 'fetch', '--quiet', elsewhere, 'main');
    expect(await contents()).toEqual(['fetched from a URL', 'here']);
  });

  test('links say that they are links', async () => {
    await writeFiles(clone, { 'real.dvc': 'x' });
    await symlink('real.dvc', join(clone, 'link.dvc'));
    await git(clone, 'add', '--all');
    const found = await history.versions([], ENDINGS);
    expect(found.map(({ path, isLink }) => [path, isLink])).toEqual([
      ['link.dvc', true],
      ['real.dvc', false],
    ]);
  });

  test('history that is broken is an error, not a shorter history', async () => {
    const lost = await commitFiles(clone, { 'a.dvc': 'one' });
    await commitFiles(clone, { 'a.dvc': 'two' });
    rmSync(join(clone, '.git/objects', lost.slice(0, 2), lost.slice(2)), { force: true });
    await expect(history.versions([], ENDINGS)).rejects.toMatchObject({ kind: 'git/failed', code: 5 });
  });

  test('10,000 commits', async () => {
    const commits = Array.from({ length: 10_000 }, (_, at) =>
      [
        'commit refs/heads/main',
        `committer Ana <ana@example.org> ${1_700_000_000 + at} +0000`,
        'data 0',
        `M 100644 inline data/images.dvc`,
        `data ${String(at).length}`,
        String(at),
        `M 100644 inline src/${at % 50}/file-${at}.txt`,
        'data 1',
        'x',
        '',
      ].join('\n'),
    );
    await tryGit(clone, ['fast-import', '--quiet'], { input: commits.join('') });
    const found = await history.versions([], ENDINGS);
    expect(new Set(found.map(({ blob }) => blob)).size).toBe(10_000);
  });
});

test('files as they lie in all working trees: changed, ignored, not tracked', async () => {
  await commitFiles(clone, { '.gitignore': 'ignored\n', 'a.dvc': 'committed', 'gone.dvc': 'x' });
  const linked = join(makeDirectory(), 'linked');
  await git(clone, 'worktree', 'add', '--quiet', '--detach', linked);
  await writeFiles(clone, { 'a.dvc': 'changed', 'ignored/b.dvc': 'ignored', 'c/dvc.lock': 'not tracked' });
  rmSync(join(clone, 'gone.dvc'));
  const found = await history.workingFiles(ENDINGS);
  expect(found).toHaveLength(5);
  expect(Object.fromEntries(found.map(({ path, bytes }) => [path, bytes.toString()]))).toEqual({
    [join(clone, 'a.dvc')]: 'changed',
    [join(clone, 'c/dvc.lock')]: 'not tracked',
    [join(clone, 'ignored/b.dvc')]: 'ignored',
    [join(linked, 'a.dvc')]: 'committed',
    [join(linked, 'gone.dvc')]: 'x',
  });
});

describe('remotes', () => {
  let remote: string;
  beforeEach(async () => {
    remote = await makeRemote();
    await git(clone, 'remote', 'add', 'origin', remote);
    await commitFiles(clone, { 'a.dvc': 'first' });
    await git(clone, 'push', '--quiet', '-u', 'origin', 'main');
  });

  async function elsewhere(content: string, ref: string): Promise<string> {
    const other = join(makeDirectory(), 'other');
    await git(makeDirectory(), 'clone', '--quiet', remote, other);
    const commit = await commitFiles(other, { 'a.dvc': content });
    await git(other, 'push', '--quiet', '--no-verify', 'origin', `HEAD:${ref}`);
    return commit;
  }

  test('every ref that is advertised is brought here, and no ref moves', async () => {
    const commits = [
      await elsewhere('a data branch', 'refs/heads/data/20261121-101500'),
      await elsewhere('a tag', 'refs/tags/v1'),
      await elsewhere('a pull request', 'refs/pull/7/head'),
      await elsewhere('main', 'refs/heads/main'),
    ];
    const refs = await git(clone, 'for-each-ref');
    const advertised = await history.fetchAll('origin');
    expect(new Set(advertised.map(({ oid }) => oid))).toEqual(new Set(commits));
    expect(await contents(advertised.map(({ oid }) => oid))).toEqual([
      'a data branch',
      'a pull request',
      'a tag',
      'first',
      'main',
    ]);
    expect(await git(clone, 'for-each-ref')).toBe(refs);
    expect(existsSync(join(clone, '.git/FETCH_HEAD'))).toBe(false);
    expect(await history.fetchAll('origin')).toEqual(advertised);
  });

  test('a remote that cannot be reached, by its name', async () => {
    rmSync(remote, { recursive: true });
    await expect(history.fetchAll('origin')).rejects.toMatchObject({
      kind: 'git/unreachable',
      code: 5,
      message: expect.stringContaining('origin'),
      next: expect.stringContaining('git remote remove origin'),
    });
  });

  test('places: names, push URLs of their own, and URLs that branches follow', async () => {
    const [pushedTo, followed] = [await makeRemote(), await makeRemote()];
    await git(clone, 'remote', 'set-url', '--add', '--push', 'origin', remote);
    await git(clone, 'remote', 'set-url', '--add', '--push', 'origin', pushedTo);
    await git(clone, 'remote', 'add', 'upstream', remote);
    await git(clone, 'config', 'branch.main.pushRemote', followed);
    await git(clone, 'config', 'branch.other.remote', '.');
    expect((await history.places()).sort()).toEqual(['origin', pushedTo, followed, 'upstream'].sort());
  });

  test('a shallow, a partial and a grafted clone are told', async () => {
    expect(await history.gap()).toBeNull();
    await commitFiles(clone, { 'a.dvc': 'second' });
    await git(clone, 'push', '--quiet', 'origin', 'main');
    const cloneWith = async (...flags: string[]) => {
      const path = join(makeDirectory(), 'clone');
      await git(makeDirectory(), 'clone', '--quiet', ...flags, `file://${remote}`, path);
      return open(path);
    };
    await git(remote, 'config', 'uploadpack.allowFilter', 'true');
    expect(await (await cloneWith('--depth', '1')).gap()).toBe('shallow');
    expect(await (await cloneWith('--filter=blob:none')).gap()).toBe('partial');
    expect(await (await cloneWith()).gap()).toBeNull();
    await appendFile(join(clone, '.git/info/grafts'), `${await git(clone, 'rev-parse', 'HEAD')}\n`);
    expect(await history.gap()).toBe('grafted');
  });
});

test('settings of the user do not get in the way', async () => {
  await commitFiles(clone, { 'a.dvc': 'one' });
  await git(clone, 'config', 'diff.renames', 'copies');
  await git(clone, 'config', 'diff.noprefix', 'true');
  await git(clone, 'config', 'core.quotePath', 'true');
  await writeFile(join(clone, 'Zähler.dvc'), 'umlaut');
  await git(clone, 'add', '--all');
  expect(await contents()).toEqual(['one', 'umlaut']);
});
