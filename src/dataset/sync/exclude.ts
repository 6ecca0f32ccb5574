import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { changeExclude } from '../../clone/exclude.js';
import { pathOf, patternOf } from '../../clone/exclude.pure.js';
import type { GitRepository } from '../../ports/git-repository.js';

const BLOCK = {
  begin: '# >>> wms sync: these files are in the dataset, Git leaves them alone >>>',
  end: '# <<< wms sync <<<',
};

/** Lets `git status` leave out exactly these files: not their directories, where new photos are to be seen. */
export async function leaveOutOfStatus(git: GitRepository, files: readonly string[]): Promise<void> {
  const tops = [git.topLevel, ...(await git.worktrees()).map((worktree) => worktree.path)];
  const isThere = (pattern: string) => {
    const path = pathOf(pattern);
    return path === null || tops.some((top) => existsSync(join(top, path)));
  };
  await changeExclude(git, BLOCK, (patterns) =>
    [...new Set([...patterns.filter(isThere), ...files.map(patternOf)])].sort(),
  );
}
