import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { Verdict } from '../../model/verdict.js';
import type { CodeHost, MergeOutcome, PullRequest } from '../../ports/code-host.js';
import { type CiTarget, intoOf } from '../target.js';
import { gently, verdictStatus } from '../tell-host.js';
import type { CiTools } from '../tools.js';

/** Throws WmsError `ci/pull-request-ended` (exit code 6). */
export function refuseEnded(pullRequest: PullRequest, target: CiTarget): void {
  if (pullRequest.state !== 'open') throw ended(pullRequest, target);
}

export interface MergeOrders {
  readonly pullRequest: PullRequest;
  readonly verdict: Verdict;
  /** Address of the workflow run. */
  readonly githubRun: string | null;
}

/** `moved`: the protected branch, or the data branch, is not what it was; nothing was merged. */
export async function mergeThroughHost(
  tools: CiTools,
  target: CiTarget,
  { pullRequest: found, verdict, githubRun }: MergeOrders,
): Promise<MergeOutcome | { readonly outcome: 'moved' }> {
  const { branch, tip } = target;
  const report = tools.reporter.step('Merge');
  const host = await tools.openHost();
  const pullRequest = { ...found, head: { branch, commit: tip } };
  report.progress(`${branch} into ${intoOf(target)}`);
  // Rules of the protected branch may ask for both, of this very commit.
  await gently(tools, () => host.saveStatus(tip, verdictStatus(verdict, githubRun)));
  let isOwn = false;
  await gently(tools, async () => {
    isOwn = (await host.approve(pullRequest, verdict.reasons.join(' '))) === 'own';
  });
  try {
    const merged = await mergeEitherWay(host, pullRequest);
    if (merged.outcome === 'merged') report.done(`${branch} is in ${intoOf(target)}`);
    else {
      const own = isOwn ? '; nobody can approve a pull request of their own' : '';
      report.warned(`${host.url} merges it when its rules are met${own}`);
    }
    return merged;
  } catch (error) {
    if (!MOVED.some((kind) => isWmsError(error, kind))) throw error;
    report.warned(`${intoOf(target)} or ${branch} moved meanwhile`);
    return { outcome: 'moved' };
  }
}

const MOVED = ['host/conflict', 'host/behind', 'host/head-moved'];

/** With a merge commit; as one commit where the host allows only that. */
async function mergeEitherWay(host: CodeHost, pullRequest: PullRequest): Promise<MergeOutcome> {
  const { branch, commit } = pullRequest.head;
  const order = { pullRequest, head: commit, title: `data: merge ${branch}`, message: '' };
  try {
    return await host.merge({ ...order, method: 'merge' });
  } catch (error) {
    if (!isWmsError(error, 'host/merge-method')) throw error;
    return host.merge({ ...order, method: 'squash' });
  }
}

function ended({ state, url, id }: PullRequest, { remote, branch }: CiTarget): WmsError {
  return new WmsError({
    kind: 'ci/pull-request-ended',
    code: EXIT.conflict,
    what: `The pull request of ${branch} is ${state} (${url ?? id}). Nothing was promoted.`,
    why:
      state === 'merged'
        ? 'The branch has commits that came after the merge.'
        : 'Somebody decided against it.',
    next:
      state === 'merged'
        ? `Take what is new to another data branch, or delete it: git push ${remote} --delete ${branch}`
        : `Open it again, and run: npx wms ci finish ${branch}. Or: git push ${remote} --delete ${branch}`,
  });
}
