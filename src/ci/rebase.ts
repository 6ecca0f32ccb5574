import { EXIT, WmsError } from '../errors.js';
import { mergeProtected } from './merge-protected.js';
import { type CiTarget, findTarget, followBranch, intoOf, refOf } from './target.js';
import type { CiTools } from './tools.js';

export interface RebaseOutcome {
  readonly outcome: 'up-to-date' | 'merged';
  readonly target: CiTarget;
}

const TRIES = 5;

/**
 * Brings what the protected branch has meanwhile onto the data branch, pointers by content, and pushes that. Needs no
 * working tree; one that has the branch checked out moves along. Throws WmsError (exit code 6) `merge/conflict` and
 * `ci/files-conflict` with the commands that resolve them, `ci/keeps-moving`. `accepts`: whether a branch that has all
 * is good as it is; else it is merged all the same, for what only the protected branch may say.
 */
export async function rebaseBranch(
  tools: CiTools,
  first: CiTarget,
  accepts: (target: CiTarget) => Promise<boolean> = async () => true,
): Promise<RebaseOutcome> {
  const { git, reporter } = tools;
  const report = reporter.step('Rebase');
  let target = first;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if ((await git.isAncestor(target.base, target.tip)) && (await accepts(target))) {
      await followBranch(git, target, target.tip);
      if (attempt === 1) report.skipped(`${target.branch} has all of ${intoOf(target)}`);
      else report.done(`${intoOf(target)} merged into ${target.branch}`);
      return { outcome: attempt === 1 ? 'up-to-date' : 'merged', target };
    }
    report.progress(`merging ${intoOf(target)}`);
    const commit = await mergeProtected(tools, target, {
      parents: [target.tip, target.base],
      message: `data: merge ${target.into} into ${target.branch}\n`,
    });
    await git.pushRef(target.remote, commit, refOf(target.branch), target.tip);
    // Pushed or moved by somebody else: what the remote has now decides.
    target = await findTarget(tools, target.branch);
  }
  report.failed('');
  throw new WmsError({
    kind: 'ci/keeps-moving',
    code: EXIT.conflict,
    what: `${target.branch} or ${intoOf(target)} moved during each of ${TRIES} tries.`,
    next: `npx wms ci rebase ${target.branch}`,
  });
}
