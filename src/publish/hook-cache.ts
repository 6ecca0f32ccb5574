import { join } from 'node:path';
import { placeContent } from '../clone/place-file.js';
import { stateDirectory } from '../clone/state.js';
import type { Config } from '../config/schema.js';
import type { Oid } from '../ports/git-repository.js';

/**
 * What hooks/pre-push must know, where a shell can read it. The blob name of the configuration file proves that it is
 * current: the hook compares it with the one in the commit that is pushed.
 */
export async function writeHookCache(commonDir: string, configBlob: Oid, config: Config): Promise<void> {
  const lines = [
    `config ${configBlob}`,
    ...config.protectedBranches.map((branch) => `branch ${branch}`),
    `directory ${config.dataset.images}`,
    `directory ${config.dataset.masks}`,
  ];
  await placeContent(join(stateDirectory(commonDir), 'hook-cache'), `${lines.join('\n')}\n`);
}
