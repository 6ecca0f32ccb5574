import type { Config } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import { promotedFiles } from '../model/registry/state.js';
import type { Commit, GitRepository, Oid } from '../ports/git-repository.js';
import type { TrainingRecord } from './record.js';
import type { CiTarget } from './target.js';

interface Tools {
  readonly git: GitRepository;
  readonly config: Config;
}

/** Whether `tip` brings what was trained with, and nothing else but a promotion that a killed `finish` has left there. */
export async function isTrainedTip(
  tools: Tools,
  training: Pick<TrainingRecord, 'tip'>,
  tip: Oid,
): Promise<boolean> {
  const { git } = tools;
  if (training.tip === tip) return true;
  if (!(await git.hasObject(training.tip)) || !(await git.isAncestor(training.tip, tip))) return false;
  return arePromotions(tools, await git.commitsBetween(tip, [training.tip]));
}

/**
 * What is merged must be what was trained, and what the protected branch had meanwhile. Throws WmsError `ci/moved-on`
 * (exit code 6).
 */
export async function refuseUntrained(
  tools: Tools,
  { branch, tip, base }: CiTarget,
  training: TrainingRecord,
): Promise<void> {
  const { git } = tools;
  const since = (await git.hasObject(training.tip))
    ? await git.commitsBetween(tip, [training.tip, base])
    : null;
  const own = since?.filter(({ parents }) => parents.length < 2);
  if (own !== undefined && (await arePromotions(tools, own))) return;
  throw new WmsError({
    kind: 'ci/moved-on',
    code: EXIT.conflict,
    what: `${branch} has commits that version ${training.version} was not trained with.`,
    why: `It was trained with ${training.tip.slice(0, 10)}; the branch is at ${tip.slice(0, 10)}.`,
    next: `With ${branch} checked out: npx wms run-pipeline`,
  });
}

async function arePromotions({ git, config }: Tools, commits: readonly Commit[]): Promise<boolean> {
  const files = new Set(promotedFiles(config));
  const changed = await git.changesOf(commits);
  return changed.every(
    ({ parents, changes }) => parents.length < 2 && changes.every(({ path }) => files.has(path)),
  );
}
