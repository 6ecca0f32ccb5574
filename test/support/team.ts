import { randomUUID } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { git, isolatedEnv, makeDirectory, makeRemote, makeRepository, writeFiles } from './scratch.js';

export const PACKAGE_ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface TeamOptions {
  readonly objectFormat?: 'sha1' | 'sha256';
  /** Settings beside the defaults, as in wms.config.json. */
  readonly config?: Record<string, unknown>;
  /** `.dvc/config`; default: a directory store. */
  readonly dvcConfig?: string;
  /** Commit the set-up and push it, as most tests start. */
  readonly pushed?: boolean;
  /** The team outlives one test: made in `beforeAll`, say. */
  readonly keep?: boolean;
}

/** A team's remote, its store, and the clone of its first member, set up as `wms init` does. */
export interface Team {
  readonly remote: string;
  readonly store: string;
  readonly clone: string;
}

export async function makeTeam(options: TeamOptions = {}): Promise<Team> {
  const lifetime = { keep: options.keep ?? false };
  const format = {
    ...lifetime,
    ...(options.objectFormat === undefined ? {} : { objectFormat: options.objectFormat }),
  };
  const remote = await makeRemote(format);
  const store = join(makeDirectory(lifetime), 'store');
  const clone = await makeRepository(format);
  await git(clone, 'remote', 'add', 'origin', remote);
  await writeFiles(clone, {
    'wms.config.json': `${JSON.stringify(options.config ?? {}, null, 2)}\n`,
    '.dvc/config':
      options.dvcConfig ?? `[core]\n    remote = storage\n['remote "storage"']\n    url = ${store}\n`,
    '.gitignore': 'node_modules\n',
  });
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--quiet', '-m', 'set up');
  if (options.pushed !== false) await git(clone, 'push', '--quiet', '--set-upstream', 'origin', 'main');
  await installHook(clone);
  return { remote, store, clone };
}

/** Another member's clone; of a copied team beside its own, as its store has a relative address. */
export async function joinTeam(team: Team, ...flags: string[]): Promise<string> {
  const isCopy = dirname(team.store) === dirname(team.remote);
  const directory = isCopy ? join(dirname(team.store), randomUUID()) : join(makeDirectory(), 'meters');
  await git(makeDirectory(), 'clone', '--quiet', ...flags, team.remote, directory);
  await installHook(directory);
  return directory;
}

/** Puts the hook where Git finds it, and the package where the hook finds it. */
export async function installHook(clone: string): Promise<void> {
  await mkdir(join(clone, 'node_modules'), { recursive: true });
  await symlink(PACKAGE_ROOT, join(clone, 'node_modules/wms-hooks'));
  const hooks = await git(clone, 'rev-parse', '--path-format=absolute', '--git-path', 'hooks');
  await mkdir(hooks, { recursive: true });
  const script = '#!/bin/sh\nexec sh node_modules/wms-hooks/hooks/pre-push "$@"\n';
  await writeFile(join(hooks, 'pre-push'), script, { mode: 0o755 });
}

/** `git push`, as a person types it. */
export async function push(
  clone: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Ran> {
  return run(clone, 'git', ['push', ...args], env);
}

export async function wms(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  return run(cwd, process.execPath, [join(PACKAGE_ROOT, 'bin/wms.js'), ...args], env);
}

async function run(
  cwd: string,
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ran> {
  const result = await execa(program, args, {
    cwd,
    env: isolatedEnv({ CI: '1', ...env }),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

/** Data branches of the remote, oldest first. */
export async function dataBranches(team: Team): Promise<string[]> {
  const names = await git(team.remote, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/data');
  return names === '' ? [] : names.split('\n');
}
