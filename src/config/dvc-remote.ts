import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT, WmsError } from '../errors.js';
import { type CacheSettings, readCacheSettings } from './dvc-cache.js';
import { type DvcConfig, type DvcConfigFile, mergeDvcConfig } from './dvc-config.js';
import { type Remote, resolveRemote } from './dvc-resolve.js';

export interface DvcRemoteOptions {
  /** Top of the repository, absolute. */
  readonly topLevel: string;
  readonly env: NodeJS.ProcessEnv;
  readonly homedir: string;
  /** Default: the remote that `core.remote` names. */
  readonly name?: string | undefined;
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform;
}

/**
 * The store that DVC's settings name. Throws the errors of `resolveRemote`, and WmsError `config/unreadable`.
 */
export async function readDvcRemote(options: DvcRemoteOptions): Promise<Remote> {
  return resolveRemote(await readLayers(options), options.name);
}

/**
 * The cache that DVC's settings describe. Throws WmsError `config/cache-value` (exit code 2) and
 * `config/unreadable`.
 */
export async function readDvcCache(options: DvcRemoteOptions): Promise<CacheSettings> {
  return readCacheSettings((await readLayers(options)).cache, options.topLevel);
}

async function readLayers(options: DvcRemoteOptions): Promise<DvcConfig> {
  const layers = await Promise.all(layerFiles(options).map(readLayer));
  return mergeDvcConfig(
    layers.filter((layer) => layer !== null),
    options.homedir,
  );
}

function layerFiles({ topLevel, env, homedir, platform = process.platform }: DvcRemoteOptions): string[] {
  const [system, global] = userDirectories(env, homedir, platform);
  return [
    path.join(env.DVC_SYSTEM_CONFIG_DIR || system, 'config'),
    path.join(env.DVC_GLOBAL_CONFIG_DIR || global, 'config'),
    path.join(topLevel, '.dvc', 'config'),
    path.join(topLevel, '.dvc', 'config.local'),
  ];
}

/** DVC's system and global directories, as its library `platformdirs` chooses them. */
function userDirectories(env: NodeJS.ProcessEnv, homedir: string, platform: string): [string, string] {
  if (platform === 'darwin') {
    return ['/Library/Application Support/dvc', path.join(homedir, 'Library/Application Support/dvc')];
  }
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA ?? path.join(homedir, 'AppData', 'Local');
    return [
      path.join(env.PROGRAMDATA ?? 'C:\\ProgramData', 'iterative', 'dvc'),
      path.join(local, 'iterative', 'dvc'),
    ];
  }
  const [system = ''] = (env.XDG_CONFIG_DIRS ?? '').split(path.delimiter);
  return [
    path.join(system || '/etc/xdg', 'dvc'),
    path.join(env.XDG_CONFIG_HOME || `${homedir}/.config`, 'dvc'),
  ];
}

async function readLayer(file: string): Promise<DvcConfigFile | null> {
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new WmsError({
      kind: 'config/unreadable',
      code: EXIT.usage,
      what: `${file} cannot be read.`,
      why: (error as Error).message,
      next: `Make the file readable, or remove it.`,
      cause: error,
    });
  }
}
