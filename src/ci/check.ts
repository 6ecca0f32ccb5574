import { manifestsOf } from '../dataset/dataset-base.js';
import { changedStems } from '../dataset/diff/stem-changes.pure.js';
import type { Oid } from '../ports/git-repository.js';
import type { Problem } from '../quality/pair-set.js';
import type { SmokeResult } from '../quality/smoke.js';
import { count } from '../words.js';
import { loadChange } from './change.js';
import { checkChanges } from './check/images.js';
import { requireObjects } from './check/objects.js';
import { refuseRawFiles } from './check/raw-files.js';
import { smokeChanges } from './check/smoke.js';
import { type BranchCounts, countChanges } from './counts.pure.js';
import type { CiTarget } from './target.js';
import type { CiTools } from './tools.js';

export interface CheckOutcome {
  readonly branch: string;
  readonly tip: Oid;
  readonly counts: BranchCounts;
  /** Objects of the version, all of them in the store. */
  readonly objects: number;
  readonly warnings: readonly Problem[];
  /** Null: there is no model yet, or no complete pair among the changes. */
  readonly smoke: (SmokeResult & { readonly model: string }) | null;
}

/**
 * Everything that the hook checked, once more, on what the branch changes: a hook can be bypassed. Throws WmsError
 * `ci/raw-files` and `images/problems` (exit code 3), `ci/objects-missing` (5), those of the smoke test (2).
 */
export async function checkBranch(tools: CiTools, target: CiTarget): Promise<CheckOutcome> {
  const { reporter, store } = tools;
  const { signal } = new AbortController();
  const [raw, objects, images, smoke] = ['Raw files', 'Objects', 'Images', 'Smoke test'].map((title) =>
    reporter.step(title),
  ) as [Step, Step, Step, Step];
  await refuseRawFiles(tools, target);
  raw.done(`none in the commits of ${target.branch}`);
  const { before, after } = await loadChange(tools, target);
  const found = await requireObjects(tools, after, (text) => objects.progress(text));
  objects.done(`${count(found, 'object')} in ${store.url}`);
  const versions = { before: manifestsOf(before), after: manifestsOf(after) };
  const changes = changedStems(versions.before, versions.after);
  const warnings = await checkChanges(tools, changes, versions.after, signal);
  const pairs = count(changes.length, 'changed pair');
  if (warnings.length === 0) images.done(`${pairs} · no problems`);
  else images.warned(`${pairs} · ${count(warnings.length, 'warning')}`);
  return {
    branch: target.branch,
    tip: target.tip,
    counts: countChanges(versions.before, versions.after),
    objects: found,
    warnings,
    smoke: await smokeChanges(tools, target, changes, versions.after, smoke),
  };
}

type Step = ReturnType<CiTools['reporter']['step']>;
