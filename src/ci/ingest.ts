import { EXIT, isWmsError, retold, WmsError } from '../errors.js';
import type { Oid } from '../ports/git-repository.js';
import type { PublishTools } from '../publish/job.js';
import { type PublishPlan, planPublish } from '../publish/plan.js';
import { publish } from '../publish/publish.js';
import { readRawForm } from '../publish/raw-form.js';
import { type CiTarget, followBranch, intoOf } from './target.js';
import type { CiTools } from './tools.js';

export interface IngestOutcome {
  readonly outcome: 'ingested' | 'nothing-to-ingest';
  readonly branch: string;
  readonly tip: Oid;
}

/**
 * Publishes the raw files of a data branch that somebody made who may not write to the store, with the credentials of
 * this machine, and puts the pointer form in the place of the branch, if it still is what it was. Checks all that the
 * hook checks. Throws what publishing throws, and WmsError `publish/branch-moved` (exit code 6).
 */
export async function ingestBranch(tools: CiTools, target: CiTarget): Promise<IngestOutcome> {
  const { git, reporter } = tools;
  const { branch, tip } = target;
  const [last] = await git.log(tip, [], 1);
  const form = last === undefined ? null : readRawForm(last.message);
  if (last === undefined || form === null) {
    reporter.step('Ingest').skipped('no raw files that wait for the store');
    return { outcome: 'nothing-to-ingest', branch, tip };
  }
  const plan = await planIngest(tools, target, last.parents[0] ?? null);
  const options = { allowReplace: form.allowReplace, allowRemove: false };
  const outcome = await publish(toolsOf(tools), plan, options).catch((error: unknown) => {
    throw isWmsError(error, 'publish/nothing-new') ? nothingNew(target, error) : error;
  });
  if (outcome.outcome === 'failed') throw new Error(`${branch}: the publish failed, and did not say so`);
  await followBranch(git, target, outcome.branchCommit);
  return { outcome: 'ingested', branch, tip: outcome.branchCommit };
}

/** The mark itself is left out, unless it brings files. */
async function planIngest(
  { git, config }: CiTools,
  { remote, branch, tip, into, base }: CiTarget,
  parent: Oid | null,
): Promise<PublishPlan> {
  const isEmpty = parent !== null && (await git.treeOf(parent)) === (await git.treeOf(tip));
  const plan = await planPublish(git, config, {
    remote,
    pushTo: remote,
    branch: into,
    tip: isEmpty ? parent : tip,
    // What the protected branch got since is the business of `rebase`.
    base: (await git.mergeBase(base, tip)) ?? base,
    otherRefs: [],
  });
  return { ...plan, replaces: { branch, commit: tip } };
}

function toolsOf(tools: CiTools): PublishTools {
  const config = { ...tools.config, publish: { through: 'store' as const } };
  return { ...tools, config, askCredentials: null };
}

function nothingNew(target: CiTarget, error: WmsError): WmsError {
  const { remote, branch } = target;
  return retold(new WmsError({ kind: error.kind, code: EXIT.images, what: error.message }), {
    why: `${intoOf(target)} has these images, so ${branch} brings nothing.`,
    next: `git push ${remote} --delete ${branch}`,
  });
}
