import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { defaultConfig } from '../config/load.js';
import type { GitRepository } from '../ports/git-repository.js';
import type { InitOptions, Settings } from './answers.pure.js';
import type { RepositoryState } from './state.pure.js';

/** What is set already, otherwise what suits most teams. */
export async function defaultSettings(
  git: GitRepository,
  { config }: RepositoryState,
  { branch }: InitOptions,
): Promise<Settings> {
  const { dataset, model, protectedBranches } = config ?? defaultConfig();
  const set = config ? protectedBranches : [branch ?? (await mainBranch(git))];
  // A flag never takes the protection off a branch that has it.
  const branches = branch === undefined || set.includes(branch) ? set : [...set, branch];
  return { dataset, model, protectedBranches: branches };
}

/** Beside the repository: outside of what Git tracks, and shared by clones that are siblings. */
export function defaultStore({ topLevel, commonDir }: RepositoryState): string {
  const main = basename(commonDir) === '.git' ? dirname(commonDir) : topLevel;
  return `../${basename(main)}-store`;
}

async function mainBranch(git: GitRepository): Promise<string> {
  const remote = await remoteHead(git);
  if (remote !== null) return remote;
  for (const name of [await git.config('init.defaultBranch'), 'main', 'master']) {
    if (name && (await git.resolveCommit(`refs/heads/${name}`)) !== null) return name;
  }
  return (await git.currentBranch()) ?? 'main';
}

/** What `git clone` noted as the remote's main branch. */
async function remoteHead(git: GitRepository): Promise<string | null> {
  try {
    const text = await readFile(await git.gitPath('refs/remotes/origin/HEAD'), 'utf8');
    return /^ref: refs\/remotes\/origin\/(\S+)/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}
