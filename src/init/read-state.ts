import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readConfigFile } from '../config/load.js';
import { mergeDriver, mergeDriverSettings } from '../config/merge-driver.pure.js';
import { packageDirectoryOf } from '../config/package-directory.js';
import { CONFIG_FILE } from '../config/schema.js';
import type { GitRepository } from '../ports/git-repository.js';
import { MANAGER_FILES } from './managers.pure.js';
import { packageJsonOf } from './package-json.pure.js';
import type { FileState, RepositoryState } from './state.pure.js';
import { WORKFLOW_PATHS } from './workflows/plan.pure.js';

const OWN_FILES = [
  ...[CONFIG_FILE, '.gitattributes', '.dvc/config', '.dvc/.gitignore', '.dvcignore', '.pnp.cjs'],
  ...WORKFLOW_PATHS,
];

export async function readState(git: GitRepository, packageRoot: string): Promise<RepositoryState> {
  const { topLevel, commonDir } = git;
  const packageDirectory = packageDirectoryOf(topLevel, packageRoot);
  const hooksPath = (await git.config('core.hooksPath')) ? await git.gitPath('hooks') : null;
  const hookDirectories = new Set([join(commonDir, 'hooks'), join(topLevel, '.husky')]);
  if (hooksPath) hookDirectories.add(hooksPath);
  if (hooksPath && basename(hooksPath) === '_') hookDirectories.add(dirname(hooksPath));
  const hooks = (await Promise.all([...hookDirectories].map(filesIn))).flat();
  const names = [...OWN_FILES, ...MANAGER_FILES, packageJsonOf(packageDirectory)];
  const paths = [...names.map((name) => join(topLevel, name)), ...hooks];
  const states = await Promise.all(paths.map(async (path) => [path, await readFileState(path)] as const));
  const settings = mergeDriverSettings(mergeDriver(packageDirectory)).map(([key]) => key);
  const current = await Promise.all(settings.map(async (key) => [key, await git.config(key)] as const));
  return {
    topLevel,
    commonDir,
    hooksPath,
    gitSettings: new Map(current.flatMap(([key, value]) => (value === null ? [] : [[key, value]]))),
    packageDirectory,
    packageInstalled: (await readFileState(join(topLevel, packageDirectory, 'hooks/pre-push'))) !== null,
    files: new Map(states.flatMap(([path, state]) => (state ? [[path, state]] : []))),
    config: await readConfigFile(join(topLevel, CONFIG_FILE), CONFIG_FILE),
  };
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

async function readFileState(path: string): Promise<FileState | null> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return null;
    const bytes = await readFile(path);
    const text = bytes.toString('utf8');
    const isText = !bytes.includes(0) && Buffer.from(text).equals(bytes);
    const executable = process.platform === 'win32' || (info.mode & 0o111) !== 0;
    return { text: isText ? text : null, executable };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
