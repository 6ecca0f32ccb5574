import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localError } from '../../clone/local-error.js';
import { ROLES } from '../../config/schema.js';
import type { DatasetManifests } from '../merge-plan.js';
import { namesCollide, unsafeNames } from './errors.js';
import { collidingPaths, windowsProblem } from './names.pure.js';
import type { Target } from './target.js';

/**
 * Throws WmsError `data/names-unsafe` for names that Windows cannot have, when this is Windows, and
 * `data/names-collide` when the target's disk would take two of them for one (exit code 6).
 */
export async function checkNames(
  target: Target,
  wanted: DatasetManifests,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  for (const role of ROLES) {
    const relpaths = wanted[role].map(({ relpath }) => relpath);
    if (platform === 'win32') {
      const problems = relpaths.flatMap((relpath) => {
        const problem = windowsProblem(relpath);
        return problem === null ? [] : [`${relpath}: ${problem}`];
      });
      if (problems.length > 0) throw unsafeNames(problems);
    }
    const groups = collidingPaths(relpaths);
    if (groups.length > 0 && (await ignoresCase(target.roots[role])))
      throw namesCollide(groups, target.place);
  }
}

async function ignoresCase(directory: string): Promise<boolean> {
  const name = `.wms-tmp-case-${randomUUID()}`;
  const file = join(directory, name);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(file, '');
    return await lstat(join(directory, name.toUpperCase())).then(
      () => true,
      () => false,
    );
  } catch (error) {
    throw localError(error, file);
  } finally {
    await rm(file, { force: true });
  }
}
