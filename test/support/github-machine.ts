import { git } from './scratch.js';
import type { Team } from './team.js';

const ADDRESS = 'https://github.com/team/meters.git';

/** As if the clone's remote were on GitHub. */
export async function pretendGithub(team: Team, clone: string): Promise<void> {
  await git(clone, 'config', 'remote.origin.url', ADDRESS);
  await git(clone, 'config', `url.${team.remote}.insteadOf`, ADDRESS);
}
