import { manifestsOf } from '../dataset/dataset-base.js';
import type { PullRequest } from '../ports/code-host.js';
import { loadChange } from './change.js';
import { countChanges } from './counts.pure.js';
import { type Description, describeBranch } from './description.pure.js';
import { readRecord } from './record.js';
import type { CiTarget } from './target.js';
import type { CiTools } from './tools.js';

export interface SavedPullRequest {
  readonly description: Description;
  readonly pullRequest: PullRequest;
}

/** Makes the pull request of the branch, or brings it to how things are now. Throws what the code host throws. */
export async function savePullRequest(tools: CiTools, target: CiTarget): Promise<SavedPullRequest> {
  const report = tools.reporter.step('Pull request');
  const description = await describe(tools, target);
  const host = await tools.openHost();
  report.progress(`telling ${host.url}`);
  const pullRequest = await host.savePullRequest(description);
  report.done(`${pullRequest.url ?? pullRequest.id} · ${host.url}`);
  return { description, pullRequest };
}

async function describe(tools: CiTools, target: CiTarget): Promise<Description> {
  const { before, after } = await loadChange(tools, target);
  const counts = countChanges(manifestsOf(before), manifestsOf(after));
  const record = await readRecord(tools.notes, target.branch);
  return describeBranch(target, counts, record, tools.config.gate);
}
