import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import { loadDataset } from '../dataset/dataset-base.js';
import { hasFile } from '../dataset/pairs.js';
import type { GitRepository } from '../ports/git-repository.js';
import type { ObjectStore } from '../ports/object-store.js';
import { findWorkingFiles } from './working-files.js';

export interface AddResult {
  readonly staged: readonly string[];
  /** Left out: the dataset of the current commit has these bytes under this name. */
  readonly known: readonly string[];
}

/** Stages images and masks for the next push, also where they are ignored. Changes the index only. */
export async function addFiles(
  git: GitRepository,
  store: ObjectStore,
  config: Config,
  cwd: string,
  paths: readonly string[],
): Promise<AddResult> {
  const files = await findWorkingFiles(config, git.topLevel, cwd, paths);
  const head = await git.resolveCommit('HEAD');
  const dataset = await loadDataset(git, store, config, head, AbortSignal.any([]));
  const staged: string[] = [];
  const known: string[] = [];
  for (const { role, relpath, path } of files) {
    const md5 = await md5OfFile(join(git.topLevel, path));
    (hasFile(dataset[role].manifest, relpath, md5) ? known : staged).push(path);
  }
  await git.stage(staged);
  return { staged, known };
}

async function md5OfFile(path: string): Promise<string> {
  return createHash('md5')
    .update(await readFile(path))
    .digest('hex');
}
