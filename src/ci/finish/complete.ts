import { isWmsError } from '../../errors.js';
import { passes } from '../../model/gate/table.pure.js';
import type { Verdict } from '../../model/verdict.js';
import type { Oid } from '../../ports/git-repository.js';
import { decideBranch, tellDecision } from '../decide.js';
import type { TrainingRecord } from '../record.js';
import type { CiTarget } from '../target.js';
import type { CiTools } from '../tools.js';
import { promoteOn } from './promote.js';

/**
 * Makes the model of a branch Production that was merged already, if the gate lets it. One that has been Production
 * since is left alone: another one may have taken its place, and keeps it. Answers the verdict; null: not asked.
 */
export async function promoteMerged(
  tools: CiTools,
  target: CiTarget,
  training: TrainingRecord,
  githubRun: string | null,
): Promise<Verdict | null> {
  const registry = await tools.openRegistry();
  const { version } = training;
  if ((await registry.production())?.version !== version) {
    const before = await registry.promotions();
    if (before.some((promotion) => promotion.version === version)) return null;
  }
  await bringHere(tools, target.remote, training.tip);
  const decided = await decideBranch(tools, target);
  const { verdict } = decided;
  if (decided.gate !== null) await tellDecision(tools, target, decided, githubRun);
  const place = { remote: target.remote, branch: target.into };
  if (passes(verdict)) await promoteOn(tools, place, { training, verdict, githubRun });
  return verdict;
}

/** After a squash merge and its branch’s end, no ref has the commit; most remotes still give it by its name. */
async function bringHere({ git }: CiTools, remote: string, commit: Oid): Promise<void> {
  if (await git.hasObject(commit)) return;
  try {
    await git.fetchRef(remote, commit);
  } catch (error) {
    if (!isWmsError(error)) throw error;
  }
}
