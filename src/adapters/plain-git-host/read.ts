import { fetchRefTip } from '../../commits/fetch-ref-tip.js';
import { isWmsError } from '../../errors.js';
import type { PullRequest } from '../../ports/code-host.js';
import type { Oid } from '../../ports/git-repository.js';
import { noBranch } from './errors.js';
import { BODY, type PullRequestRecord, readRecord, recordRef } from './record.js';
import { branchRef, mergedTree, type PlainGit } from './refs.js';

export interface Found {
  readonly record: PullRequestRecord;
  readonly pullRequest: PullRequest;
  /** Where the base branch is now. */
  readonly baseTip: Oid;
}

export async function findRecord(place: PlainGit, head: string): Promise<Found | null> {
  const { git, remote } = place;
  const headRef = branchRef(head);
  const ref = recordRef(head);
  const saved = await fetchRefTip(git, remote, ref);
  if (saved === null) return null;
  const record = await readRecord(git, ref, saved);
  const headTip = await fetchRefTip(git, remote, headRef);
  const baseTip = await fetchRefTip(git, remote, branchRef(record.base));
  if (baseTip === null) throw noBranch(remote, record.base);
  const isMerged = await mergedInto(place, record, headTip, baseTip);
  const state = isMerged ? 'merged' : headTip === null ? 'closed' : 'open';
  const commit = isMerged || headTip === null ? record.headCommit : headTip;
  const pullRequest: PullRequest = {
    id: head,
    url: null,
    state,
    mergeable: state === 'open' ? await fits(place, baseTip, commit) : null,
    head: { branch: head, commit },
    base: { branch: record.base, commit: baseTip },
    author: record.author,
    title: record.title,
    body: (await git.readFile(saved, BODY))?.toString() ?? '',
    labels: record.labels,
  };
  return { record, pullRequest, baseTip };
}

/** Merged by us, or by a person with a merge commit. */
async function mergedInto(
  { git }: PlainGit,
  { mergeCommit, headCommit }: PullRequestRecord,
  headTip: Oid | null,
  baseTip: Oid,
): Promise<boolean> {
  const here = async (commit: Oid) => (await git.hasObject(commit)) && git.isAncestor(commit, baseTip);
  if (mergeCommit !== null && (await here(mergeCommit))) return true;
  return here(headTip ?? headCommit);
}

/** Null: this Git is too old to say. */
async function fits(place: PlainGit, base: Oid, head: Oid): Promise<boolean | null> {
  try {
    return (await mergedTree(place, base, head))?.conflicts.length === 0;
  } catch (error) {
    if (isWmsError(error, 'git/too-old')) return null;
    throw error;
  }
}
