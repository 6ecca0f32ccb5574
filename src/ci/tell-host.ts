import { isWmsError } from '../errors.js';
import { headlineOf, passes } from '../model/gate/table.pure.js';
import type { Verdict } from '../model/verdict.js';
import type { CodeHost, CommitStatus, PullRequest } from '../ports/code-host.js';
import type { CiTarget } from './target.js';
import type { CiTools } from './tools.js';

/** Does something on the code host with the open pull request of the branch; null: there is none. As `gently`. */
export function tellHost(
  tools: CiTools,
  { branch }: Pick<CiTarget, 'branch'>,
  tell: (host: CodeHost, pullRequest: PullRequest | null) => Promise<unknown>,
): Promise<void> {
  return gently(tools, async () => {
    const host = await tools.openHost();
    const found = await host.findPullRequest(branch);
    await tell(host, found?.state === 'open' ? found : null);
  });
}

/** Does something on the code host that only tells: when that fails it is said, and the job goes on. */
export async function gently(tools: CiTools, tell: () => Promise<unknown>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    if (!isWmsError(error)) throw error;
    tools.reporter.note(`  ⚠ the pull request does not tell it: ${error.message}`);
  }
}

/** A comment that is changed, not one more of them. */
export function comment(
  tools: CiTools,
  target: Pick<CiTarget, 'branch'>,
  name: 'jobs',
  markdown: string,
): Promise<void> {
  return tellHost(tools, target, async (host, pullRequest) => {
    if (pullRequest !== null) await host.saveComment(pullRequest, name, markdown);
  });
}

/** The verdict as the state of a commit. `url`: of the workflow run. */
export function verdictStatus(verdict: Verdict, url: string | null): CommitStatus {
  const failed = verdict.decision === 'undecided' ? 'error' : 'failure';
  const state = passes(verdict) ? 'success' : failed;
  return { name: 'wms/gate', state, summary: headlineOf(verdict), url };
}
