import { isWmsError } from '../errors.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import { isDataBranch } from '../publish/data-branch.js';

const WAIT_MS = 5000;

export interface DataBranch {
  readonly branch: string;
  /** A commit that is in this repository. */
  readonly oid: Oid;
}

export interface RemoteView {
  /** Null: this is what the remote has now. Otherwise why it did not answer; this is what it had last time. */
  readonly silent: string | null;
  /** Null: the remote has no such branch. */
  readonly upstream: Oid | null;
  /** Newest first, by name. */
  readonly dataBranches: readonly DataBranch[];
}

/** Asks the remote for at most five seconds. Brings the commits here; moves no ref. */
export async function askRemote(git: GitRepository, remote: string, branch: string): Promise<RemoteView> {
  const signal = AbortSignal.timeout(WAIT_MS);
  try {
    const heads = await git.remoteBranches(remote, '', signal);
    const wanted = heads.filter((head) => head.branch === branch || isDataBranch(head.branch));
    const here = await Promise.all(wanted.map(({ oid }) => git.hasObject(oid)));
    const missing = wanted.filter((_, at) => !here[at]);
    if (missing.length > 0) {
      const refs = missing.map((head) => `refs/heads/${head.branch}`);
      await git.fetchRefs(remote, refs, signal);
    }
    return viewOf(wanted, branch, null);
  } catch (error) {
    if (!isWmsError(error, 'git/failed')) throw error;
    const why = signal.aborted ? `no answer in ${WAIT_MS / 1000} seconds` : firstReason(error.why);
    return viewOf(await lastKnown(git, remote), branch, why);
  }
}

async function lastKnown(git: GitRepository, remote: string): Promise<DataBranch[]> {
  const prefix = `refs/remotes/${remote}/`;
  return (await git.refs(prefix)).map(({ ref, oid }) => ({ branch: ref.slice(prefix.length), oid }));
}

function viewOf(heads: readonly DataBranch[], branch: string, silent: string | null): RemoteView {
  return {
    silent,
    upstream: heads.find((head) => head.branch === branch)?.oid ?? null,
    dataBranches: heads
      .filter((head) => isDataBranch(head.branch))
      .sort((a, b) => (a.branch < b.branch ? 1 : -1)),
  };
}

function firstReason(text = ''): string {
  const [first = ''] = text.split('\n');
  return first.replace(/^(fatal|error): /, '');
}
