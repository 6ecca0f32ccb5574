import type { Commit, GitRepository, Oid } from '../../ports/git-repository.js';

/** Commits of the remote to hold one local commit against. */
const CANDIDATES_AT_MOST = 20;

/**
 * Local commits whose changes reached the remote's branch as other commits: one by one (a rebase merge) or several as
 * one (a squash merge). Held against the remote's commit itself and not only against its tip, they are known also when
 * the same lines were changed or taken back there since.
 */
export async function findLanded(
  git: GitRepository,
  commits: readonly Commit[],
  upstream: Oid,
  local: Oid,
): Promise<Set<Oid>> {
  const landed = new Set<Oid>();
  if (commits.length === 0) return landed;
  const incoming = await incomingCommits(git, upstream, local);
  const isIn = async (base: Oid, commit: Oid): Promise<boolean> => {
    const paths = await pathsBetween(git, base, commit);
    if (paths.length === 0) return false;
    const touching = incoming.filter((other) => paths.every((path) => other.paths.has(path)));
    for (const { oid } of touching.slice(0, CANDIDATES_AT_MOST)) {
      const theirs = await git.treeOf(oid);
      const merged = await git.mergeTrees(base, theirs, commit);
      if (merged.conflicts.length === 0 && merged.tree === theirs) return true;
    }
    return false;
  };

  const all = new Map(commits.map((commit) => [commit.oid, commit]));
  for (const { oid } of commits.length > 1 ? commits.toReversed() : []) {
    if (landed.has(oid)) continue;
    const base = await git.mergeBase(upstream, oid);
    if (base === null || !(await isIn(base, oid))) continue;
    for (const ancestor of withAncestors(all, oid)) landed.add(ancestor);
  }
  for (const { oid, parents } of commits) {
    const [parent] = parents;
    if (landed.has(oid) || parent === undefined || parents.length > 1) continue;
    if (await isIn(parent, oid)) landed.add(oid);
  }
  return landed;
}

interface Incoming {
  readonly oid: Oid;
  readonly paths: ReadonlySet<string>;
}

/** Newest first. */
async function incomingCommits(git: GitRepository, upstream: Oid, local: Oid): Promise<Incoming[]> {
  const commits = await git.changesOf(await git.commitsBetween(upstream, [local]));
  return commits
    .map(({ oid, changes }) => ({ oid, paths: new Set(changes.map(({ path }) => path)) }))
    .reverse();
}

async function pathsBetween(git: GitRepository, from: Oid, to: Oid): Promise<string[]> {
  const [difference] = await git.changesOf([{ oid: to, parents: [from] }]);
  return (difference?.changes ?? []).map(({ path }) => path);
}

function withAncestors(commits: ReadonlyMap<Oid, Commit>, from: Oid): Set<Oid> {
  const found = new Set<Oid>();
  const open = [from];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    const commit = commits.get(oid);
    if (commit === undefined || found.has(oid)) continue;
    found.add(oid);
    open.push(...commit.parents);
  }
  return found;
}
