import type { Config } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import type { GitRepository } from '../ports/git-repository.js';
import { NO_RAW_FILES, type PublishPlan, planPublish } from './plan.js';
import type { PublishTarget } from './target.js';
import { findWorkingFiles } from './working-files.js';

export interface TargetOptions {
  /** Default: what the current branch follows, else `origin`. */
  readonly remote?: string | undefined;
  /** Protected branch. Default: the one that the current branch is or follows, else the first of the settings. */
  readonly branch?: string | undefined;
}

export interface ByHandOptions extends TargetOptions {
  /** Files of the working tree instead of commits; with `paths` only those. */
  readonly worktree: boolean;
  readonly paths: readonly string[];
  readonly cwd: string;
}

/** The plan of `wms publish`: what a push of the current commit would publish, or what lies in the working tree. */
export async function planByHand(
  git: GitRepository,
  config: Config,
  options: ByHandOptions,
): Promise<PublishPlan> {
  const target = await targetByHand(git, config, options);
  if (!options.worktree) {
    const tip = await git.resolveCommit('HEAD');
    if (tip === null) throw noCommit();
    return planPublish(git, config, { ...target, tip });
  }
  const plan = await planPublish(git, config, target);
  const files = await findWorkingFiles(config, git.topLevel, options.cwd, options.paths);
  return { ...plan, raw: { ...NO_RAW_FILES, files } };
}

/** The remote's protected branch, and nothing that was pushed. */
export async function targetByHand(
  git: GitRepository,
  config: Config,
  options: TargetOptions,
): Promise<PublishTarget> {
  const current = await git.currentBranch();
  const remote =
    options.remote ?? (current === null ? null : await git.config(`branch.${current}.remote`)) ?? 'origin';
  const branch = options.branch ?? (await protectedBranch(git, config, current));
  const base = await git.remoteRef(remote, `refs/heads/${branch}`);
  return { remote, pushTo: remote, branch, base, tip: null, otherRefs: [] };
}

async function protectedBranch(git: GitRepository, config: Config, current: string | null): Promise<string> {
  const merge = current === null ? null : await git.config(`branch.${current}.merge`);
  const candidates = [merge?.replace(/^refs\/heads\//, ''), current, config.protectedBranches[0]];
  const found = candidates.find((name) => name != null && config.protectedBranches.includes(name));
  return found ?? 'main';
}

function noCommit(): WmsError {
  return new WmsError({
    kind: 'publish/no-commit',
    code: EXIT.usage,
    what: 'This repository has no commit yet.',
    next: 'Commit your images first; or publish files that are not committed: npx wms publish --worktree',
  });
}
