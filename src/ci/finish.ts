import { EXIT, isWmsError, WmsError } from '../errors.js';
import { passes } from '../model/gate/table.pure.js';
import type { Verdict } from '../model/verdict.js';
import type { Oid } from '../ports/git-repository.js';
import { decideBranch, tellDecision } from './decide.js';
import { promoteMerged } from './finish/complete.js';
import { tryDeployment } from './finish/deploy.js';
import { mergeThroughHost, refuseEnded } from './finish/merge.js';
import { promoteOn } from './finish/promote.js';
import { findMergedBranch, isMerged, isMergedAs } from './merged.js';
import { savePullRequest } from './pr.js';
import { rebaseBranch } from './rebase.js';
import { readRecord, tellRecord } from './record.js';
import { type CiTarget, findTarget, refOf } from './target.js';
import type { CiTools } from './tools.js';
import { refuseUntrained } from './trained.js';

export interface FinishOutcome {
  /**
   * `waits`: the code host merges it as soon as the rules of the protected branch are met. `blocked`: the gate did not
   * let the model pass; nothing was changed.
   */
  readonly outcome: 'merged' | 'waits' | 'blocked' | 'finished-before';
  readonly branch: string;
  /** Of the branch's model; null: none was trained. */
  readonly version: string | null;
  /** That is Production at the end: after a merge that was found here, it may be another one. Null: none is, or not asked. */
  readonly production: string | null;
  /** Null: the gate had nothing to say any more. */
  readonly verdict: Verdict | null;
  /** On the protected branch; null: not merged now. */
  readonly commit: Oid | null;
  /** Of the pull request; null where it has none. */
  readonly pullRequest: string | null;
}

const TRIES = 5;

/**
 * The end of a data branch. A better model is tried as a server first. What makes it Production goes onto the branch, so
 * that it comes to the protected branch together with the data, by one merge; then the branch is deleted. A model that
 * is not better: nothing changes. Killed between any two of these, or merged by somebody else meanwhile, the same again
 * gets to the one end. Throws WmsError `ci/moved-on`,
 * `ci/pull-request-ended`, `merge/conflict`, `ci/files-conflict`, `ci/keeps-moving` (exit code 6), `ci/deployment-failed`
 * (2), and what the code host throws.
 */
export async function finishBranch(
  tools: CiTools,
  first: CiTarget,
  githubRun: string | null,
): Promise<FinishOutcome> {
  const { branch } = first;
  let deployed: string | null = null;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const target = attempt === 1 ? first : await findAgain(tools, branch);
    const found = await (await tools.openHost()).findPullRequest(branch);
    const isThere = (found !== null && isMergedAs(found, target)) || (await isMerged(tools, target));
    if (isThere) return finishMerged(tools, target, found?.url ?? null, githubRun);
    const decided = await decideBranch(tools, target);
    const { verdict, training, gate } = decided;
    if (gate !== null) await tellDecision(tools, target, decided, githubRun);
    const facts = { branch, version: training.version, production: null, verdict, commit: null };
    if (!passes(verdict)) return { ...facts, outcome: 'blocked', pullRequest: null };
    const candidate = { training, verdict, githubRun };
    await refuseUntrained(tools, target, training);
    const pullRequest = found ?? (await savePullRequest(tools, target)).pullRequest;
    refuseEnded(pullRequest, target);
    if (deployed !== training.version) await tryDeployment(tools, training);
    deployed = training.version;
    const place = { remote: target.remote, branch };
    await bringUpToDate(tools, target, training.version);
    if (!(await promoted(() => promoteOn(tools, place, candidate)))) continue;
    const ready = await findTarget(tools, branch);
    const end = await mergeThroughHost(tools, ready, { pullRequest, verdict, githubRun });
    if (end.outcome === 'moved') continue;
    const told = { ...facts, pullRequest: pullRequest.url };
    if (end.outcome === 'waits') return { ...told, outcome: 'waits' };
    await endBranch(tools, ready);
    return { ...told, outcome: 'merged', commit: end.commit, production: training.version };
  }
  throw new WmsError({
    kind: 'ci/keeps-moving',
    code: EXIT.conflict,
    what: `The protected branch moved during each of ${TRIES} tries to merge ${branch}.`,
    next: `npx wms ci finish ${branch}`,
  });
}

/** False: Production changed since the gate decided. */
async function promoted(promote: () => Promise<void>): Promise<boolean> {
  try {
    await promote();
    return true;
  } catch (error) {
    if (isWmsError(error, 'registry/changed')) return false;
    throw error;
  }
}

/** As it is now; as it was merged, when somebody has done that meanwhile and deleted it. */
async function findAgain(tools: CiTools, branch: string): Promise<CiTarget> {
  try {
    return await findTarget(tools, branch);
  } catch (error) {
    const merged = isWmsError(error, 'ci/no-branch') ? await findMergedBranch(tools, branch) : null;
    if (merged === null) throw error;
    return merged.target;
  }
}

/** What is left to do after the merge, whoever did that, and how. */
async function finishMerged(
  tools: CiTools,
  target: CiTarget,
  pullRequest: string | null,
  githubRun: string | null,
): Promise<FinishOutcome> {
  const { training, finishedAt } = await readRecord(tools.notes, target.branch);
  const facts = {
    branch: target.branch,
    version: training?.version ?? null,
    commit: target.base,
    pullRequest,
  };
  const isFinished = finishedAt !== null;
  const verdict =
    training === null || isFinished ? null : await promoteMerged(tools, target, training, githubRun);
  await endBranch(tools, target);
  const production = (await (await tools.openRegistry()).production())?.version ?? null;
  return { ...facts, outcome: isFinished ? 'finished-before' : 'merged', verdict, production };
}

/** The branch has all that the protected one has, and says of Production what that says, or what it shall say. */
async function bringUpToDate(tools: CiTools, target: CiTarget, version: string): Promise<void> {
  const productionOn = async (branch: string) => {
    const registry = await tools.openRegistry({ remote: target.remote, branch });
    return (await registry.production())?.version ?? null;
  };
  await rebaseBranch(tools, target, async ({ branch, into }) => {
    const told = await productionOn(branch);
    return told === version || told === (await productionOn(into));
  });
}

async function endBranch(tools: CiTools, { remote, branch, tip }: CiTarget): Promise<void> {
  const { git, notes, reporter, clock } = tools;
  await tellRecord(notes, branch, { finishedAt: clock.now().toISOString() });
  const report = reporter.step('Branch');
  const isThere = (await git.remoteRef(remote, refOf(branch))) !== null;
  if (!isThere) report.skipped(`${remote} has no ${branch} any more`);
  else if ((await git.deleteBranch(remote, branch, tip)) === 'deleted')
    report.done(`${branch} deleted on ${remote}`);
  else report.warned(`${branch} has new commits and stays`);
}
