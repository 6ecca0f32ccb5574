import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { changeExclude } from '../clone/exclude.js';
import { patternOf } from '../clone/exclude.pure.js';
import { localError } from '../clone/local-error.js';
import type { GitRepository } from '../ports/git-repository.js';

const BLOCK = { begin: '# wms train: directory of the runs', end: '# end of wms train' };

/**
 * Makes a new directory for a run, named by time (UTC) and candidate: `runs/20261124-173355-unet`. Git ignores them in
 * this clone.
 */
export async function makeRunDirectory(
  git: GitRepository,
  output: string,
  now: Date,
  candidate: string | null,
): Promise<string> {
  const root = join(git.topLevel, output);
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const name = candidate === null ? time : `${time}-${candidate}`;
  try {
    await mkdir(root, { recursive: true });
    await changeExclude(git, BLOCK, () => [patternOf(output)]);
    for (let again = 1; ; again += 1) {
      const directory = join(root, again === 1 ? name : `${name}-${again}`);
      const isNew = await mkdir(directory).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (isNew) return directory;
    }
  } catch (error) {
    throw localError(error, root);
  }
}
