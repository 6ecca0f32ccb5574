import { execa } from 'execa';
import { peerCommand } from './peers.js';
import { isolatedEnv, makeDirectory } from './scratch.js';

/** Runs the real DVC in a directory; its standard output. */
export async function openDvc(extra: Record<string, string> = {}) {
  const program = await peerCommand('dvc');
  const env = isolatedEnv({
    DVC_NO_ANALYTICS: '1',
    PYTHONUTF8: '1',
    DVC_SITE_CACHE_DIR: makeDirectory({ keep: true }),
    ...extra,
  });
  return async (cwd: string, ...args: string[]): Promise<string> =>
    (await execa(program, args, { cwd, env, extendEnv: false, stdin: 'ignore' })).stdout;
}
