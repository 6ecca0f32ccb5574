import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll } from 'vitest';
import { git, makeDirectory, makeRemote, makeRepository, writeFiles } from './scratch.js';
import { installHook, type Team } from './team.js';

interface CopyOptions {
  /** The copy outlives one test: made in `beforeAll`, say. */
  readonly keep?: boolean;
}

/**
 * Makes a team once for a test file; the function it returns makes copies of it, each in a directory of its own.
 * Everything inside refers to each other by relative paths.
 */
export function emptyTeamTemplate(
  prepare: (team: Team) => Promise<void>,
): (options?: CopyOptions) => Promise<Team> {
  let template = '';
  beforeAll(async () => {
    template = makeDirectory({ keep: true });
    const team = teamAt(template);
    await execa('mv', [await makeRemote({ keep: true }), team.remote]);
    await execa('mv', [await makeRepository({ keep: true }), team.clone]);
    await git(team.clone, 'remote', 'add', 'origin', '../remote.git');
    await writeFiles(team.clone, {
      'wms.config.json': '{}\n',
      '.dvc/config': `[core]\n    remote = storage\n['remote "storage"']\n    url = ../../store\n`,
      '.gitignore': 'node_modules\n',
    });
    await git(team.clone, 'add', '--all');
    await git(team.clone, 'commit', '--quiet', '-m', 'set up');
    await git(team.clone, 'push', '--quiet', '--set-upstream', 'origin', 'main');
    await installHook(team.clone);
    await prepare(team);
  });
  return async (options = {}) => {
    const root = makeDirectory(options);
    await execa('cp', ['-a', `${template}/.`, root]);
    const team = teamAt(root);
    // A copy's files have other inodes: without this, Git would rewrite the index when it first looks.
    await git(team.clone, 'update-index', '--refresh');
    return team;
  };
}

function teamAt(root: string): Team {
  return { remote: join(root, 'remote.git'), store: join(root, 'store'), clone: join(root, 'meters') };
}
