import { stateDirectory } from '../clone/state.js';
import { EXIT, WmsError } from '../errors.js';
import { passes } from '../model/gate/table.pure.js';
import { promote } from '../model/promotion/promote.js';
import type { Verdict } from '../model/verdict.js';
import { writeVerdict } from '../model/verdict-file.js';
import type { Oid } from '../ports/git-repository.js';
import { decideBranch } from './decide.js';
import { mergeProtected } from './merge-protected.js';
import { readRecord, type TrainingRecord, tellRecord } from './record.js';
import { type CiTarget, findTarget, intoOf, refOf } from './target.js';
import { tellHost } from './tell-host.js';
import type { CiTools } from './tools.js';

export interface FinishOutcome {
  /** `blocked`: the gate did not let the model pass; nothing was changed. */
  readonly outcome: 'merged' | 'blocked' | 'finished-before';
  readonly branch: string;
  /** Of the model. Null: an earlier run has finished the branch. */
  readonly version: string | null;
  readonly verdict: Verdict | null;
  /** Of the protected branch, after the merge. */
  readonly commit: Oid | null;
}

const TRIES = 5;

/**
 * The end of a data branch. A model that the gate lets through becomes Production, the branch is merged and deleted, in
 * this order; else nothing is changed. Killed between any two of these, the same again gets to the one end. Throws
 * WmsError `ci/moved-on`, `merge/conflict`, `ci/files-conflict`, `ci/keeps-moving` (exit code 6), before anything was
 * promoted where that can be known.
 */
export async function finishBranch(
  tools: CiTools,
  target: CiTarget,
  githubRun: string | null,
): Promise<FinishOutcome> {
  const { notes } = tools;
  const { branch } = target;
  const isMerged = await tools.git.isAncestor(target.tip, target.base);
  if (isMerged && (await readRecord(notes, branch)).finishedAt !== null) {
    await deleteMerged(tools, target);
    return { outcome: 'finished-before', branch, version: null, verdict: null, commit: null };
  }
  const { verdict, training } = await decideBranch(tools, target);
  const facts = { branch, version: training.version, verdict };
  if (!passes(verdict)) return { ...facts, outcome: 'blocked', commit: null };
  if (!isMerged) {
    await refuseUntrained(tools, target, training);
    // A conflict must be known before Production changes.
    await mergeCommit(tools, target);
  }
  await promoteCandidate(tools, training, verdict, githubRun);
  await tellHost(tools, target, async (host, pullRequest) => {
    if (pullRequest !== null) await host.approve(pullRequest, verdict.reasons.join(' '));
  });
  const merged = await mergeBranch(tools, target);
  await tellRecord(notes, branch, { finishedAt: tools.clock.now().toISOString() });
  await deleteMerged(tools, merged);
  return { ...facts, outcome: 'merged', commit: merged.base };
}

/** What is merged must be what was trained, and what the protected branch had meanwhile. */
async function refuseUntrained(
  { git }: CiTools,
  { branch, tip, base }: CiTarget,
  training: TrainingRecord,
): Promise<void> {
  const since = (await git.hasObject(training.tip))
    ? await git.commitsBetween(tip, [training.tip, base])
    : null;
  if (since?.every(({ parents }) => parents.length > 1)) return;
  throw new WmsError({
    kind: 'ci/moved-on',
    code: EXIT.conflict,
    what: `${branch} has commits that version ${training.version} was not trained with.`,
    why: `It was trained with ${training.tip.slice(0, 10)}; the branch is at ${tip.slice(0, 10)}.`,
    next: `With ${branch} checked out: npx wms run-pipeline`,
  });
}

async function promoteCandidate(
  tools: CiTools,
  { version, model }: TrainingRecord,
  verdict: Verdict,
  githubRun: string | null,
): Promise<void> {
  const { git, config, reporter, clock } = tools;
  // The gate was asked on another machine, perhaps.
  await writeVerdict(git.commonDir, model, verdict);
  const registry = await tools.openRegistry();
  await promote(
    { git, config, registry, reporter, clock, timing: tools.timing },
    // From where no file can be taken for the version.
    { name: version, cwd: stateDirectory(git.commonDir), reason: undefined, githubRun, dryRun: false },
  );
}

/** The target as it is then: the protected branch holds the data branch. */
async function mergeBranch(tools: CiTools, { branch }: CiTarget): Promise<CiTarget> {
  const { git, reporter } = tools;
  const report = reporter.step('Merge');
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const target = await findTarget(tools, branch);
    if (await git.isAncestor(target.tip, target.base)) {
      report.done(`${branch} is in ${intoOf(target)}`);
      return target;
    }
    report.progress(`${branch} into ${intoOf(target)}`);
    await git.pushRef(target.remote, await mergeCommit(tools, target), refOf(target.into), target.base);
  }
  report.failed('');
  throw new WmsError({
    kind: 'ci/keeps-moving',
    code: EXIT.conflict,
    what: `The protected branch moved during each of ${TRIES} tries to merge ${branch}.`,
    next: `The model is promoted already; to merge the branch: npx wms ci finish ${branch}`,
  });
}

function mergeCommit(tools: CiTools, target: CiTarget): Promise<Oid> {
  const parents = [target.base, target.tip];
  return mergeProtected(tools, target, { parents, message: `data: merge ${target.branch}\n` });
}

async function deleteMerged({ git, reporter }: CiTools, target: CiTarget): Promise<void> {
  const report = reporter.step('Branch');
  const { remote, branch, tip, base } = target;
  if (!(await git.isAncestor(tip, base))) return report.warned(`${branch} has new commits and stays`);
  const outcome = await git.deleteBranch(remote, branch, tip);
  if (outcome === 'deleted') report.done(`${branch} deleted on ${remote}`);
  else report.warned(`${branch} has new commits and stays`);
}
