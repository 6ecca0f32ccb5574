import { loadDataset, manifestsOf } from '../dataset/dataset-base.js';
import type { Oid } from '../ports/git-repository.js';
import { countChanges } from './counts.pure.js';
import { type Description, describeBranch } from './description.pure.js';
import { readRecord } from './record.js';
import type { CiTarget } from './target.js';
import type { CiTools } from './tools.js';

/** The text of the branch's pull request, as things are now. Writes nothing. */
export async function describePullRequest(tools: CiTools, target: CiTarget): Promise<Description> {
  const { git, store, config, notes } = tools;
  const { signal } = new AbortController();
  const fork = await git.mergeBase(target.base, target.tip);
  const load = async (commit: Oid | null) =>
    manifestsOf(await loadDataset(git, store, config, commit, signal));
  const [before, after] = await Promise.all([load(fork), load(target.tip)]);
  const record = await readRecord(notes, target.branch);
  return describeBranch(target, countChanges(before, after), record, config.gate);
}
