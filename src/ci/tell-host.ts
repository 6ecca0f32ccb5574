import { isWmsError } from '../errors.js';
import { headlineOf, passes } from '../model/gate/table.pure.js';
import type { Verdict } from '../model/verdict.js';
import type { CodeHost, PullRequest } from '../ports/code-host.js';
import type { CiTarget } from './target.js';
import type { CiTools } from './tools.js';

/**
 * Does something on the code host that only tells: when that fails it is said, and the job goes on. `pullRequest`: the
 * open one of the branch; null: there is none.
 */
export async function tellHost(
  tools: CiTools,
  { branch }: Pick<CiTarget, 'branch'>,
  tell: (host: CodeHost, pullRequest: PullRequest | null) => Promise<unknown>,
): Promise<void> {
  try {
    const host = await tools.openHost();
    const found = await host.findPullRequest(branch);
    await tell(host, found?.state === 'open' ? found : null);
  } catch (error) {
    if (!isWmsError(error)) throw error;
    tools.reporter.note(`  ⚠ the pull request does not tell it: ${error.message}`);
  }
}

/** A comment that is changed, not one more of them. */
export function comment(
  tools: CiTools,
  target: Pick<CiTarget, 'branch'>,
  name: 'gate' | 'jobs',
  markdown: string,
): Promise<void> {
  return tellHost(tools, target, async (host, pullRequest) => {
    if (pullRequest !== null) await host.saveComment(pullRequest, name, markdown);
  });
}

/** The verdict as the state of the commit that was judged. */
export function tellVerdict(
  tools: CiTools,
  target: CiTarget,
  verdict: Verdict,
  url: string | null,
): Promise<void> {
  const failed = verdict.decision === 'undecided' ? 'error' : 'failure';
  const state = passes(verdict) ? 'success' : failed;
  return tellHost(tools, target, (host) =>
    host.saveStatus(target.tip, { name: 'wms/gate', state, summary: headlineOf(verdict), url }),
  );
}
