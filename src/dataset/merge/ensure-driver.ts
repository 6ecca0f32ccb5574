import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MergeDriver, mergeDriverSettings, namesMergeDriver } from '../../config/merge-driver.pure.js';
import { isWmsError } from '../../errors.js';
import type { GitRepository } from '../../ports/git-repository.js';

/**
 * Puts the merge driver into this clone's settings if `.gitattributes` names it: Git does not clone settings, and not
 * everybody runs `wms init`. A convenience: where the settings cannot be written, a merge stops and is ended by hand.
 */
export async function ensureMergeDriver(git: GitRepository, driver: MergeDriver): Promise<void> {
  const attributes = await readFile(join(git.topLevel, '.gitattributes'), 'utf8').catch(() => '');
  if (!namesMergeDriver(attributes)) return;
  for (const [key, value] of mergeDriverSettings(driver)) {
    if ((await git.config(key)) === value) continue;
    await git.setConfig(key, value).catch((error: unknown) => {
      if (!isWmsError(error, 'git/failed')) throw error;
    });
  }
}
