import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach } from 'vitest';

/** Directories that outlive one test: made in `beforeAll`, say. */
interface Lifetime {
  /** Removed after all tests of the file instead of after the running one. */
  readonly keep?: boolean;
}

interface RepositoryOptions extends Lifetime {
  readonly objectFormat?: 'sha1' | 'sha256';
  readonly bare?: boolean;
  readonly branch?: string;
  /** Last part of the path, when the test depends on it. */
  readonly name?: string;
}

interface GitOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
}

interface GitResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const untilTestEnds: string[] = [];
const untilFileEnds: string[] = [];

afterEach(() => removeAll(untilTestEnds));
afterAll(() => removeAll([...untilTestEnds, ...untilFileEnds]));

async function removeAll(directories: string[]): Promise<void> {
  await Promise.all(
    directories.splice(0).map((path) => rm(path, { recursive: true, force: true, maxRetries: 3 })),
  );
}

/** An empty directory, real path, removed after the test. */
export function makeDirectory({ keep = false }: Lifetime = {}): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'wms-test-')));
  (keep ? untilFileEnds : untilTestEnds).push(path);
  return path;
}

let home: string | undefined;

/** A home that holds nothing but a Git identity: no settings, hooks or credentials of whoever runs the tests. */
function isolatedHome(): string {
  if (home === undefined) {
    home = makeDirectory({ keep: true });
    mkdirSync(join(home, '.config'));
    writeFileSync(
      join(home, '.gitconfig'),
      '[user]\n\tname = Ana Test\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n' +
        '[commit]\n\tgpgsign = false\n[protocol "file"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n',
    );
  }
  return home;
}

/** Environment for child processes: this process's PATH, an isolated home, no Git or CI variables. */
export function isolatedEnv(extra: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(GIT_|WMS_|HUSKY|CI$)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    HOME: isolatedHome(),
    XDG_CONFIG_HOME: join(isolatedHome(), '.config'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    TZ: 'UTC',
    ...extra,
  };
}

/** Runs git and answers whatever happened, also a failure. */
export async function tryGit(
  cwd: string,
  args: readonly string[],
  { env = {}, input }: GitOptions = {},
): Promise<GitResult> {
  const result = await execa('git', args, {
    cwd,
    env: isolatedEnv(env),
    extendEnv: false,
    reject: false,
    stripFinalNewline: true,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  if (result.exitCode === undefined) throw new Error(`git did not run: ${result.message}`);
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** Runs git, answers its standard output without the last newline, throws when it fails. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const result = await tryGit(cwd, args);
  if (result.exitCode !== 0) {
    throw new Error(`git ${args.join(' ')} ended with ${result.exitCode}\n${result.stderr}`);
  }
  return result.stdout;
}

/** A new repository; its path. */
export async function makeRepository(options: RepositoryOptions = {}): Promise<string> {
  const {
    objectFormat = 'sha1',
    bare = false,
    branch = 'main',
    name = bare ? 'remote.git' : 'meters',
  } = options;
  const path = join(makeDirectory(options), name);
  await mkdir(path);
  const flags = [
    `--object-format=${objectFormat}`,
    `--initial-branch=${branch}`,
    ...(bare ? ['--bare'] : []),
  ];
  await git(path, 'init', '--quiet', ...flags);
  return path;
}

/** A bare repository to push to; its path. */
export function makeRemote(options: Omit<RepositoryOptions, 'bare'> = {}): Promise<string> {
  return makeRepository({ ...options, bare: true });
}

/** Writes files below `root`, making directories as needed. */
export async function writeFiles(
  root: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** Writes files, stages them (also ignored ones) and commits; the new commit. */
export async function commitFiles(
  repository: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  message = 'change',
): Promise<string> {
  await writeFiles(repository, files);
  await git(repository, 'add', '--force', '--', ...Object.keys(files));
  await git(repository, 'commit', '--quiet', '--allow-empty', '--no-verify', '-m', message);
  return git(repository, 'rev-parse', 'HEAD');
}
