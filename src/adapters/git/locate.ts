import { EXIT, WmsError } from '../../errors.js';
import { environmentForGit, openGit } from './git.js';

export interface Location {
  readonly topLevel: string;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly objectFormat: string;
}

/**
 * Where the repository is, asked once with the environment that we were started with: inside a hook GIT_DIR is the
 * only sign of a linked worktree or of a Git directory elsewhere.
 */
export async function locate(cwd: string, env: NodeJS.ProcessEnv): Promise<Location> {
  const inherited = Object.fromEntries(
    ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR'].flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const git = openGit(cwd, environmentForGit(env, inherited));
  const asked = [
    '--git-dir',
    '--git-common-dir',
    '--show-object-format',
    '--is-bare-repository',
    '--show-toplevel',
  ];
  const answer = await git.run(['rev-parse', '--path-format=absolute', ...asked], { answers: [0, 128, 129] });
  const [gitDir = '', commonDir = '', objectFormat = '', bare = '', topLevel = ''] = answer.stdout
    .toString()
    .split('\n');
  // A bare repository has no top, which Git finds out last.
  if (bare === 'true') throw bareRepository(gitDir);
  if (answer.code !== 0) throw notARepository(cwd, gitDir, answer.stderr);
  return { topLevel, gitDir, commonDir, objectFormat };
}

/** `gitDir`: empty where Git finds none. */
function notARepository(cwd: string, gitDir: string, stderr: string): WmsError {
  const unsafe = stderr.includes('dubious ownership');
  const place = gitDir === '' ? 'a Git repository' : 'the working tree of a Git repository';
  return new WmsError({
    kind: 'git/not-a-repository',
    code: EXIT.usage,
    what: unsafe ? `Git does not trust the repository at ${cwd}.` : `${cwd} is not inside ${place}.`,
    why: stderr.trim(),
    next: unsafe
      ? 'Run the git config command above if the repository is yours.'
      : 'Go into the repository, or run: git init',
  });
}

function bareRepository(gitDir: string): WmsError {
  return new WmsError({
    kind: 'git/bare',
    code: EXIT.usage,
    what: `${gitDir} is a bare repository.`,
    why: 'Datasets are published from a clone with a working tree.',
    next: `Run this in a clone: git clone ${gitDir}`,
  });
}
