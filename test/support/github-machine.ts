import { basename, dirname, join } from 'node:path';
import { git } from './scratch.js';
import { installHook, type Team } from './team.js';

const ADDRESS = 'https://github.com/team/meters.git';

/** As if the clone's remote were on GitHub. */
export async function pretendGithub(team: Team, clone: string): Promise<void> {
  await git(clone, 'config', 'remote.origin.url', ADDRESS);
  await git(clone, 'config', `url.${team.remote}.insteadOf`, ADDRESS);
}

/** A new clone beside that of a copied team, whose store has a relative address. */
export async function cloneBeside(team: Team, name: string): Promise<string> {
  const clone = join(dirname(team.clone), name);
  await git(dirname(team.clone), 'clone', '--quiet', basename(team.remote), name);
  await installHook(clone);
  return clone;
}
