import type { GitRepository, Oid } from '../ports/git-repository.js';

/** Commits that only one of the two has. */
export interface Behind {
  readonly behind: number;
  readonly ahead: number;
}

export async function howFarBehind(
  git: GitRepository,
  branch: string,
  upstream: Oid | null,
): Promise<Behind> {
  const local = await git.resolveCommit(`refs/heads/${branch}`);
  if (local === null || upstream === null || local === upstream) return { behind: 0, ahead: 0 };
  const [missing, own] = await Promise.all([
    git.commitsBetween(upstream, [local]),
    git.commitsBetween(local, [upstream]),
  ]);
  return { behind: missing.length, ahead: own.length };
}
