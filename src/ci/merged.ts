import { findLanded } from '../dataset/sync/landed.js';
import { isWmsError } from '../errors.js';
import { registryPlace } from '../model/registry/place.js';
import { fetchTip } from '../model/registry/remote.js';
import type { CodeHost, PullRequest } from '../ports/code-host.js';
import { type CiTarget, dataBranch } from './target.js';
import type { CiTools } from './tools.js';

export interface MergedBranch {
  /** The branch as it was merged: the remote has it no more. */
  readonly target: CiTarget;
  readonly pullRequest: PullRequest;
}

/**
 * A data branch that somebody has merged and deleted: a person, or the code host by itself. Null: none of that name was.
 * Throws what the code host throws, but for a missing token, without which nothing is known.
 */
export async function findMergedBranch(tools: CiTools, name: string | null): Promise<MergedBranch | null> {
  const { git, config } = tools;
  const branch = await dataBranch(git, name);
  const { remote, branch: into } = await registryPlace(git, config);
  const pullRequest = (await (await openKnownHost(tools))?.findPullRequest(branch)) ?? null;
  if (pullRequest === null) return null;
  const target = { remote, branch, into, tip: pullRequest.head.commit };
  if (!isMergedAs(pullRequest, target)) return null;
  return { target: { ...target, base: await fetchTip(git, { remote, branch: into }) }, pullRequest };
}

async function openKnownHost(tools: CiTools): Promise<CodeHost | null> {
  try {
    return await tools.openHost();
  } catch (error) {
    if (isWmsError(error, 'host/no-token')) return null;
    throw error;
  }
}

/** Also where its commits came to the protected branch as one. */
export const isMergedAs = (
  { state, head, base }: PullRequest,
  { tip, into }: Pick<CiTarget, 'tip' | 'into'>,
): boolean => state === 'merged' && head.commit === tip && base.branch === into;

/** Whether the protected branch has what the branch brings: as its commits, or as others that bring the same. */
export async function isMerged({ git }: Pick<CiTools, 'git'>, { tip, base }: CiTarget): Promise<boolean> {
  if (await git.isAncestor(tip, base)) return true;
  const commits = await git.commitsBetween(tip, [base]);
  const landed = await findLanded(git, commits, base, tip);
  return commits.every(({ oid }) => landed.has(oid));
}
