import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { execa } from 'execa';
import { cleanEnv } from '../../scripts/demo/clean-env.js';

const PROJECT = resolve(import.meta.dirname, '../..');

/** `gc` would start in the middle of some push or other. */
const GIT_CONFIG = `[user]
  name = Bench
  email = bench@example.com
[init]
  defaultBranch = main
[gc]
  auto = 0
[maintenance]
  auto = false
[receive]
  autogc = false
`;

export interface Ran {
  readonly milliseconds: number;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary directory with a home of its own, and programs run in it as a person would run them. */
export class Workspace {
  private constructor(
    readonly top: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Gives `work` a workspace, and removes it afterwards. */
  static async during(work: (workspace: Workspace) => Promise<void>): Promise<void> {
    const workspace = await Workspace.open();
    try {
      await work(workspace);
    } finally {
      await rm(workspace.top, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  private static async open(): Promise<Workspace> {
    const top = await mkdtemp(join(await realpath(tmpdir()), 'wms-bench-'));
    const home = join(top, 'home');
    await mkdir(home);
    await writeFile(join(home, 'gitconfig'), GIT_CONFIG);
    const own = { HOME: home, XDG_CONFIG_HOME: home, GIT_CONFIG_GLOBAL: join(home, 'gitconfig'), CI: '1' };
    return new Workspace(top, { ...cleanEnv(), ...own });
  }

  /** Runs a program and times it, whatever its exit code. */
  async run(cwd: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const [program = '', ...args] = command;
    const start = performance.now();
    const result = await execa(program, args, {
      cwd,
      env: { ...this.env, ...env },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    });
    const milliseconds = performance.now() - start;
    if (result.exitCode === undefined) throw result;
    return { milliseconds, exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  }

  /** Runs a program that must succeed. */
  async must(cwd: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const ran = await this.run(cwd, command, env);
    if (ran.exitCode !== 0)
      throw new Error(`${command.join(' ')} ended with ${ran.exitCode}\n${ran.stdout}\n${ran.stderr}`);
    return ran;
  }
}

/** Packs the package as npm publishes it and unpacks it here, so that a build in between changes nothing. */
export async function installPackage(workspace: Workspace): Promise<string> {
  const { top } = workspace;
  const pack = ['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', top];
  const tarball = (await workspace.must(PROJECT, pack)).stdout.trim().split('\n').at(-1) ?? '';
  await workspace.must(top, ['tar', '-xzf', tarball]);
  const directory = join(top, 'package');
  await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}
