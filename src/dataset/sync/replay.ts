import { EXIT, WmsError } from '../../errors.js';
import type { Commit, GitRepository, Oid } from '../../ports/git-repository.js';
import { rewriteCommit } from '../strip.js';

/**
 * Puts commits on top of `onto`, parents first; author, committer, dates, encoding and message stay. One that changes
 * nothing there is left out, unless it was made empty. Merges become part of the line: what a merge changed beyond
 * joining its sides stays as a commit. Throws WmsError `sync/conflict` (exit code 6).
 */
export async function replay(
  git: GitRepository,
  commits: readonly Commit[],
  onto: Oid,
  ontoName: string,
): Promise<Oid> {
  const raws = new Map<Oid, Buffer>();
  for await (const { oid, bytes } of git.readObjects(commits.map((commit) => commit.oid)))
    raws.set(oid, bytes);
  let tip = onto;
  for (const { oid, parents } of commits) {
    if (parents.length === 1 && parents[0] === tip) {
      tip = oid;
      continue;
    }
    const raw = raws.get(oid) ?? Buffer.alloc(0);
    const base = await treeBefore(git, parents);
    const [ours, theirs] = await Promise.all([git.treeOf(tip), git.treeOf(oid)]);
    const merged = await git.mergeTrees(base, ours, theirs);
    if (merged.conflicts.length > 0) throw conflict(oid, raw, merged.conflicts, ontoName);
    const wasEmpty = parents.length === 1 && base === theirs;
    if (merged.tree !== ours || wasEmpty) tip = await git.writeCommit(rewriteCommit(raw, merged.tree, [tip]));
  }
  return tip;
}

/** What a commit starts from. For a merge: its sides, joined as Git would do it unaided. */
async function treeBefore(git: GitRepository, parents: readonly Oid[]): Promise<Oid> {
  const [first, ...others] = parents;
  if (first === undefined) return emptyTree(git);
  let tree = await git.treeOf(first);
  for (const other of others) {
    const base = await git.mergeBase(first, other);
    tree = (await git.mergeTrees(base ?? (await emptyTree(git)), tree, other)).tree;
  }
  return tree;
}

async function emptyTree(git: GitRepository): Promise<Oid> {
  const writer = await git.openTreeWriter();
  try {
    return await writer.write(null, []);
  } finally {
    await writer.close();
  }
}

function conflict(commit: Oid, raw: Buffer, paths: readonly string[], onto: string): WmsError {
  const text = raw.toString();
  const [subject = ''] = text.slice(text.indexOf('\n\n') + 2).split('\n');
  return new WmsError({
    kind: 'sync/conflict',
    code: EXIT.conflict,
    what: `"${subject}" (${commit.slice(0, 12)}) does not fit ${onto} as it is now. Nothing was moved.`,
    why: `Both changed: ${paths.join(', ')}`,
    next: `git rebase ${onto}, resolve the conflict there, then: npx wms sync`,
  });
}
