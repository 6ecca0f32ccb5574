import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { EXIT, WmsError } from '../../errors.js';
import { installRuntime } from './install.js';

export const RUNTIME_VERSION = '1.30.0';

export interface RuntimeOptions {
  /** Told once before a download: `Installing onnxruntime-node 1.30.0, once per machine, 113 MB`. */
  readonly announce?: (text: string) => void;
  /** Default `process.env`: says where caches live, and is what npm runs with. */
  readonly env?: NodeJS.ProcessEnv;
  /** Finds a package as this one would; default Node's own resolution. Throws when it is not there. */
  readonly resolve?: (name: string) => string;
}

/**
 * Main file of onnxruntime-node: the one that the user's project has, else one in a cache of this user, where it is
 * installed when it is missing. It is no dependency of this package because its install script downloads CUDA files
 * from a host that many networks block, which would fail every install of this package.
 *
 * @throws WmsError `model/runtime-missing`
 */
export async function findRuntime(options: RuntimeOptions): Promise<string> {
  const env = options.env ?? process.env;
  const own = attempt(() => (options.resolve ?? createRequire(import.meta.url).resolve)('onnxruntime-node'));
  if (own !== null) return own;
  const directory = path.join(cacheDirectory(env), 'wms', `onnxruntime-node-${RUNTIME_VERSION}`);
  const cached = resolveIn(directory);
  if (cached !== null) return cached;
  if (!isSupported()) {
    throw runtimeMissing(
      `there is none for ${process.platform} ${process.arch}${process.platform === 'linux' ? ' with this C library' : ''}`,
    );
  }
  options.announce?.(`Installing onnxruntime-node ${RUNTIME_VERSION}, once per machine, 113 MB`);
  try {
    await installRuntime(directory, env);
  } catch (error) {
    throw runtimeMissing(lastLines(error), error);
  }
  const installed = resolveIn(directory);
  if (installed === null) throw runtimeMissing(`npm ran, but nothing can be loaded from ${directory}`);
  return installed;
}

export function runtimeMissing(why: string, cause?: unknown): WmsError {
  return new WmsError({
    kind: 'model/runtime-missing',
    code: EXIT.usage,
    what: `onnxruntime-node ${RUNTIME_VERSION}, which runs models, is not here and could not be installed`,
    why,
    next: `Install it in this project: npm install --save-dev --ignore-scripts onnxruntime-node@${RUNTIME_VERSION}`,
    cause,
  });
}

function resolveIn(directory: string): string | null {
  return attempt(() => createRequire(path.join(directory, 'package.json')).resolve('onnxruntime-node'));
}

function attempt(find: () => string): string | null {
  try {
    return find();
  } catch {
    return null;
  }
}

function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const home = env.HOME ?? os.homedir();
  if (process.platform === 'win32') return env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  return process.platform === 'darwin' ? path.join(home, 'Library', 'Caches') : path.join(home, '.cache');
}

/** Binaries are published for these; on Linux for glibc only. */
function isSupported(): boolean {
  const target = `${process.platform} ${process.arch}`;
  if (process.platform === 'linux' && process.report !== undefined) {
    const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
    if (header.glibcVersionRuntime === undefined) return false;
  }
  return ['linux x64', 'linux arm64', 'win32 x64', 'win32 arm64', 'darwin arm64'].includes(target);
}

/** npm says what went wrong at the end of a long log. */
function lastLines(error: unknown): string {
  const { stderr, shortMessage, message } = error as {
    stderr?: string;
    shortMessage?: string;
    message: string;
  };
  const told = (stderr ?? '')
    .split('\n')
    .filter((line) => /^npm (?:error|ERR!)/.test(line) && !line.includes('A complete log'))
    .slice(0, 6);
  return told.length > 0 ? told.join('\n') : (shortMessage ?? message);
}
