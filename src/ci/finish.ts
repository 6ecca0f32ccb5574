import { EXIT, isWmsError, WmsError } from '../errors.js';
import { passes } from '../model/gate/table.pure.js';
import type { Verdict } from '../model/verdict.js';
import type { Oid } from '../ports/git-repository.js';
import { decideBranch, tellDecision } from './decide.js';
import { tryDeployment } from './finish/deploy.js';
import { isMergedAs, mergeThroughHost, openPullRequest } from './finish/merge.js';
import { promoteOn } from './finish/promote.js';
import { rebaseBranch } from './rebase.js';
import { readRecord, tellRecord } from './record.js';
import { type CiTarget, findTarget } from './target.js';
import type { CiTools } from './tools.js';
import { refuseUntrained } from './trained.js';

export interface FinishOutcome {
  /**
   * `waits`: the code host merges it as soon as the rules of the protected branch are met. `blocked`: the gate did not
   * let the model pass; nothing was changed.
   */
  readonly outcome: 'merged' | 'waits' | 'blocked' | 'finished-before';
  readonly branch: string;
  /** Of the model. Null: an earlier run has finished the branch. */
  readonly version: string | null;
  readonly verdict: Verdict | null;
  /** On the protected branch; null: not merged now. */
  readonly commit: Oid | null;
  /** Of the pull request; null where it has none. */
  readonly pullRequest: string | null;
}

const TRIES = 5;

/**
 * The end of a data branch. A better model is tried as a server first. What makes a better model Production goes onto the branch, so that it comes to the protected
 * branch together with the data, by one merge; then the branch is deleted. A model that is not better: nothing changes.
 * Killed between any two of these, the same again gets to the one end. Throws WmsError `ci/moved-on`,
 * `ci/pull-request-ended`, `merge/conflict`, `ci/files-conflict`, `ci/keeps-moving` (exit code 6), `ci/deployment-failed`
 * (2), and what the code host throws.
 */
export async function finishBranch(
  tools: CiTools,
  first: CiTarget,
  githubRun: string | null,
): Promise<FinishOutcome> {
  const { branch } = first;
  const before = { branch, version: null, verdict: null, commit: null, pullRequest: null };
  if (await isFinished(tools, first)) return { ...before, outcome: 'finished-before' };
  let deployed: string | null = null;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const target = attempt === 1 ? first : await findTarget(tools, branch);
    const decided = await decideBranch(tools, target);
    const { verdict, training, gate } = decided;
    if (gate !== null) await tellDecision(tools, target, decided, githubRun);
    const facts = { ...before, version: training.version, verdict };
    if (!passes(verdict)) return { ...facts, outcome: 'blocked' };
    const candidate = { training, verdict, githubRun };
    const isMerged = await tools.git.isAncestor(target.tip, target.base);
    if (!isMerged) await refuseUntrained(tools, target, training);
    const pullRequest = isMerged ? null : await openPullRequest(tools, target);
    if (pullRequest === null || isMergedAs(pullRequest, target)) {
      await promoteOn(tools, { remote: target.remote, branch: target.into }, candidate);
      await endBranch(tools, target);
      return { ...facts, outcome: 'merged', commit: target.base, pullRequest: pullRequest?.url ?? null };
    }
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
    return { ...told, outcome: 'merged', commit: end.commit };
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

/** Merged, and its model has been Production: only the branch may be left. */
async function isFinished(tools: CiTools, target: CiTarget): Promise<boolean> {
  const { git, notes } = tools;
  if (!(await git.isAncestor(target.tip, target.base))) return false;
  const { finishedAt, training } = await readRecord(notes, target.branch);
  if (finishedAt === null) {
    const promotions = training === null ? [] : await (await tools.openRegistry()).promotions();
    if (!promotions.some(({ version }) => version === training?.version)) return false;
  }
  await endBranch(tools, target);
  return true;
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
  if ((await git.deleteBranch(remote, branch, tip)) === 'deleted')
    report.done(`${branch} deleted on ${remote}`);
  else report.warned(`${branch} has new commits and stays`);
}
