import { beforeAll, describe, expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import type { GitRepository } from '../../src/ports/git-repository.js';
import { commitFiles, git, isolatedEnv, makeRepository } from '../support/scratch.js';

const SIDES = ['base', 'ours', 'theirs'] as const;

describe('GitRepository.mergeTrees', () => {
  let repository: GitRepository;
  let path: string;
  let commits: Record<(typeof SIDES)[number], string>;

  beforeAll(async () => {
    path = await makeRepository({ keep: true });
    repository = await openGitRepository({ cwd: path, env: isolatedEnv() });
    const base = await commitFiles(path, { 'base.txt': 'base\n', 'both.txt': 'base\n' });
    const ours = await commitFiles(path, { 'ours.txt': 'ours\n', 'both.txt': 'ours\n' });
    await git(path, 'reset', '--quiet', '--hard', base);
    const theirs = await commitFiles(path, { 'theirs.txt': 'theirs\n' });
    commits = { base, ours, theirs };
  });

  const treeOf = (commit: string) => git(path, 'rev-parse', `${commit}^{tree}`);
  const merge = (of: Record<(typeof SIDES)[number], string>) =>
    repository.mergeTrees(of.base, of.ours, of.theirs);

  test('merges trees, and the trees of commits, to the same', async () => {
    const trees = {
      base: await treeOf(commits.base),
      ours: await treeOf(commits.ours),
      theirs: await treeOf(commits.theirs),
    };
    const merged = await merge(trees);
    expect(merged.conflicts).toEqual([]);
    expect(await git(path, 'ls-tree', '--name-only', merged.tree)).toBe(
      'base.txt\nboth.txt\nours.txt\ntheirs.txt',
    );
    for (const side of SIDES) expect(await merge({ ...trees, [side]: commits[side] })).toEqual(merged);
    expect(await merge(commits)).toEqual(merged);
  });

  test('names what both changed', async () => {
    await git(path, 'reset', '--quiet', '--hard', commits.base);
    const theirs = await commitFiles(path, { 'both.txt': 'theirs\n' });
    expect((await merge({ ...commits, theirs })).conflicts).toEqual(['both.txt']);
  });

  test('what has no tree is refused, and never merged as if it were empty', async () => {
    const blob = await git(path, 'rev-parse', `${commits.base}:base.txt`);
    for (const none of [blob, 'f'.repeat(40), '', '--all'])
      for (const side of SIDES)
        await expect(merge({ ...commits, [side]: none }), `${side} ${none}`).rejects.toMatchObject({
          kind: 'git/failed',
        });
  });
});
