import { type Config, ROLES } from '../../config/schema.js';
import type { CommitChanges, GitRepository, Oid } from '../../ports/git-repository.js';
import { findRawFiles, type RawFiles } from '../raw-files.js';

export interface LocalCommits {
  /** Commits that the remote's branch does not have, parents first. */
  readonly commits: readonly CommitChanges[];
  readonly raw: RawFiles;
}

/** What the local branch has and the remote's has not. Reads the repository only. */
export async function findLocalCommits(
  git: GitRepository,
  config: Config,
  local: Oid,
  upstream: Oid,
): Promise<LocalCommits> {
  const directories = ROLES.map((role) => config.dataset[role]);
  const commits = await git.changesOf(await git.commitsBetween(local, [upstream]));
  const [tipEntries, baseEntries] = await Promise.all([
    git.filesBelow(local, directories),
    git.filesBelow(upstream, directories),
  ]);
  return { commits, raw: findRawFiles({ config, commits, tipEntries, baseEntries }) };
}

interface CommitFacts {
  /** When its author made it; a rebase keeps that. */
  readonly authoredAt: Date;
  readonly isSigned: boolean;
}

export async function readCommits(
  git: GitRepository,
  commits: readonly { oid: Oid }[],
): Promise<Map<Oid, CommitFacts>> {
  const facts = new Map<Oid, CommitFacts>();
  for await (const { oid, bytes } of git.readObjects(commits.map((commit) => commit.oid))) {
    const [header = ''] = bytes.toString('latin1').split('\n\n');
    const seconds = /^author .* (-?\d+) [+-]\d+$/m.exec(header)?.[1];
    facts.set(oid, {
      authoredAt: new Date(Number(seconds ?? 0) * 1000),
      isSigned: header.includes('\ngpgsig'),
    });
  }
  return facts;
}
