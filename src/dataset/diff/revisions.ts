import type { Config } from '../../config/schema.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { protectedBranch } from '../protected-branch.js';
import { resolveRevision } from '../revision.js';

export interface DiffSide {
  /** For people. */
  readonly revision: string;
  readonly commit: Oid;
}

export interface DiffSides {
  readonly from: DiffSide;
  readonly to: DiffSide;
}

/**
 * What `wms data diff` compares. As with `git diff`: one revision with HEAD, two with each other, `A..B`, and `A...B`
 * for what B changed since it left A. Nothing named: what HEAD changed since it left the remote's protected branch, as a
 * pull request shows it. Throws WmsError `data/no-such-revision` (exit code 2).
 */
export async function chooseSides(
  git: GitRepository,
  config: Config,
  first: string | null,
  second: string | null,
): Promise<DiffSides> {
  const range = second === null ? /^(.*?)(\.{2,3})(.*)$/.exec(first ?? '') : null;
  const [, left, dots, right] = range ?? [];
  const a = (range === null ? first : left) || null;
  const b = (range === null ? second : right) || 'HEAD';
  const sinceTheyParted = first === null || dots === '...';
  const from = await side(git, a ?? (first === null ? await upstream(git, config) : 'HEAD'));
  const to = await side(git, b);
  if (!sinceTheyParted) return { from, to };
  const base = await git.mergeBase(from.commit, to.commit);
  if (base === null || base === from.commit) return { from, to };
  return { from: { revision: `${to.revision} where it left ${from.revision}`, commit: base }, to };
}

async function side(git: GitRepository, revision: string): Promise<DiffSide> {
  return { revision, commit: await resolveRevision(git, revision) };
}

async function upstream(git: GitRepository, config: Config): Promise<string> {
  const current = await git.currentBranch();
  const branch = protectedBranch(config, current);
  const followed = await git.config(`branch.${current ?? branch}.remote`);
  return `${followed === null || followed === '.' ? 'origin' : followed}/${branch}`;
}
