import { EXIT, WmsError } from '../../errors.js';
import type { MergedTree, Oid } from '../../ports/git-repository.js';
import { fields, type Git, gitFailed } from './git.js';

const USAGE = 129;

/**
 * `git merge-tree` takes commits and finds their base itself (naming it is newer than the command), so the three trees
 * get commits of their own. Nothing refers to them. Git would write, and merge as empty, one of what is no tree.
 */
export async function mergeTrees(git: Git, base: Oid, ours: Oid, theirs: Oid): Promise<MergedTree> {
  const [baseTree, ...sideTrees] = await Promise.all([base, ours, theirs].map((side) => treeOf(git, side)));
  const root = await commitOf(git, baseTree as Oid, null);
  const sides = await Promise.all(sideTrees.map((tree) => commitOf(git, tree, root)));
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ...sides];
  const answer = await git.run(args, { answers: [0, 1, USAGE] });
  if (answer.code === USAGE) throw tooOld();
  const [tree, ...conflicts] = fields(answer.stdout);
  if (tree === undefined) throw gitFailed(args, answer.stderr);
  return { tree, conflicts: answer.code === 0 ? [] : [...new Set(conflicts.filter((path) => path !== ''))] };
}

/** Of a commit, or the tree itself. */
export const treeOf = (git: Git, treeish: Oid): Promise<Oid> =>
  git.text(['rev-parse', '--verify', '--end-of-options', `${treeish}^{tree}`]);

function commitOf(git: Git, tree: Oid, parent: Oid | null): Promise<Oid> {
  const lines = [`tree ${tree}`, ...(parent === null ? [] : [`parent ${parent}`])];
  const person = 'wms <wms> 0 +0000';
  const input = `${[...lines, `author ${person}`, `committer ${person}`].join('\n')}\n\n`;
  return git.text(['hash-object', '-t', 'commit', '-w', '--stdin'], { input });
}

function tooOld(): WmsError {
  return new WmsError({
    kind: 'git/too-old',
    code: EXIT.usage,
    what: 'This version of Git cannot merge without a working tree.',
    why: 'git merge-tree --write-tree came with Git 2.38.',
    next: 'Install Git 2.38 or newer, then run the command again.',
  });
}
