import { randomUUID } from 'node:crypto';
import { chmod, mkdir, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { EXIT, WmsError } from '../errors.js';
import type { GitRepository } from '../ports/git-repository.js';
import type { Step } from './steps.pure.js';

/** Carries out the steps in order. Answers what could not be done, as sentences for the person. */
export async function applySteps(
  git: GitRepository,
  steps: readonly Step[],
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const notes: string[] = [];
  for (const step of steps) {
    try {
      const note = await applyStep(git, step, env);
      if (note !== null) notes.push(note);
    } catch (error) {
      throw failed(error, placeOf(step));
    }
  }
  return notes;
}

function placeOf(step: Step): string {
  if (step.do === 'git-setting') return step.key;
  return 'path' in step ? step.path : step.directory;
}

async function applyStep(git: GitRepository, step: Step, env: NodeJS.ProcessEnv): Promise<string | null> {
  switch (step.do) {
    case 'keep':
      return null;
    case 'write':
      await replaceFile(step.path, step.text, step.executable);
      return null;
    case 'remove':
      await rm(step.path, { force: true });
      if (relative(git.commonDir, step.path).startsWith('..'))
        await removeEmpty(git.topLevel, dirname(step.path));
      return null;
    case 'git-setting':
      await (step.value === null ? git.unsetConfig(step.key) : git.setConfig(step.key, step.value));
      return null;
    case 'activate-husky':
      return activateHusky(git.topLevel, step.directory, env);
    case 'deactivate-husky':
      await deactivateHusky(git, step.directory);
      return null;
  }
}

/** Whole or not at all, with the mode that the file had; a symbolic link goes on pointing to its file. */
async function replaceFile(path: string, text: string, executable: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const target = await realpath(path).catch(() => path);
  const before = await stat(target).catch(() => null);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx', mode: executable ? 0o777 : 0o666 });
    if (before) await chmod(temporary, before.mode);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** husky works on the current directory and on nothing else. */
async function activateHusky(
  topLevel: string,
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  if (env.HUSKY === '0') return 'HUSKY=0 is set: husky stays off here. Without it, run: npx wms init';
  const { default: husky } = await import('husky');
  const before = process.cwd();
  process.chdir(topLevel);
  try {
    const problem = husky(relative(topLevel, directory).split(sep).join('/'));
    return problem === '' ? null : `husky could not be set up: ${problem.trim()}`;
  } finally {
    process.chdir(before);
  }
}

async function deactivateHusky(git: GitRepository, directory: string): Promise<void> {
  await git.unsetConfig('core.hooksPath');
  await rm(join(directory, '_'), { recursive: true, force: true });
  await removeIfEmpty(directory);
}

/** The directory, and those above it that are empty then. */
async function removeEmpty(topLevel: string, directory: string): Promise<void> {
  for (let path = directory; isBelow(topLevel, path); path = dirname(path)) {
    if (!(await removeIfEmpty(path))) return;
  }
}

function isBelow(topLevel: string, path: string): boolean {
  const inside = relative(topLevel, path);
  return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
}

async function removeIfEmpty(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}

function failed(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof WmsError || code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return new WmsError({
    kind: 'init/write-failed',
    code: EXIT.usage,
    what: `${path} cannot be written`,
    why: message,
    next: 'make room or give yourself permission, then run the same command again: it goes on where it stopped',
    cause: error,
  });
}
