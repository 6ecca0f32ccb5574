import { execa, type Options } from 'execa';
import { EXIT, WmsError } from '../../errors.js';

interface GitCall {
  readonly input?: string | Buffer | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Exit codes that are answers, not failures. Default: 0 only. */
  readonly answers?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface GitAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** The one door to the `git` program: argv in, bytes out. Arguments never pass through a shell. */
export interface Git {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[], call?: GitCall): Promise<GitAnswer>;
  /** Standard output as text, without its last newline. */
  text(args: readonly string[], call?: GitCall): Promise<string>;
}

/**
 * Set by Git for hooks, and meant for the command that started the hook only: with them, commands of ours would
 * look at the wrong directory or change the index of a commit in progress. Credentials and configuration stay.
 */
const HOOK_ONLY = [
  'GIT_PREFIX',
  'GIT_INDEX_FILE',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_QUARANTINE_PATH',
];

export function environmentForGit(
  env: NodeJS.ProcessEnv,
  extra: Record<string, string>,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name, value]) => value !== undefined && !HOOK_ONLY.includes(name),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    ...extra,
  };
}

export function openGit(cwd: string, env: Readonly<Record<string, string>>): Git {
  const run = async (args: readonly string[], call: GitCall = {}): Promise<GitAnswer> => {
    const options = {
      cwd,
      env: { ...env, ...call.env },
      extendEnv: false,
      encoding: 'buffer',
      reject: false,
      stripFinalNewline: false,
      maxBuffer: 2 ** 31 - 1,
      ...(call.input === undefined ? { stdin: 'ignore' } : { input: call.input }),
      ...(call.signal === undefined ? {} : { cancelSignal: call.signal }),
    } as const satisfies Options;
    const result = await execa('git', ['--literal-pathspecs', ...args], options);
    if (result.code === 'ENOENT') throw gitMissing();
    const stderr = result.stderr === undefined ? '' : Buffer.from(result.stderr).toString();
    const code = result.exitCode ?? -1;
    if (!(call.answers ?? [0]).includes(code))
      throw gitFailed(args, result.isCanceled ? 'cancelled' : stderr);
    return { code, stdout: Buffer.from(result.stdout ?? []), stderr };
  };
  return {
    cwd,
    env,
    run,
    text: async (args, call) => (await run(args, call)).stdout.toString().replace(/\r?\n$/, ''),
  };
}

export function gitFailed(args: readonly string[], stderr: string): WmsError {
  const verb = args.find((arg) => !arg.startsWith('-')) ?? '';
  return new WmsError({
    kind: 'git/failed',
    code: EXIT.network,
    what: `git ${verb} failed.`,
    why: stderr.trim() || 'Git gave no reason.',
  });
}

function gitMissing(): WmsError {
  return new WmsError({
    kind: 'git/missing',
    code: EXIT.usage,
    what: 'The program git was not found.',
    next: 'Install Git 2.31 or newer and see that it is on the PATH.',
  });
}

/** Fields of NUL-terminated output. */
export function fields(output: Buffer): string[] {
  const parts = output.toString().split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}
