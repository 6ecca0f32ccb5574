import type { GitRepository, Oid } from '../ports/git-repository.js';

/** Commit that a ref of the remote is at now, fetched when it is not here yet; null: the remote has no such ref. */
export async function fetchRefTip(git: GitRepository, remote: string, ref: string): Promise<Oid | null> {
  const tip = await git.remoteRef(remote, ref);
  if (tip !== null && !(await git.hasObject(tip))) await git.fetchRef(remote, ref);
  return tip;
}
