import { commitTree, type NewCommit } from '../commits/commit-files.js';
import { ROLES, type Role } from '../config/schema.js';
import { DataMergeConflict } from '../dataset/merge/conflicts.js';
import { type DirectoryVersion, openVersions } from '../dataset/merge/load.js';
import { refuseNested } from '../dataset/merge/nested.js';
import { mergedPointerText } from '../dataset/merge/pointer-text.js';
import { uploadMerged } from '../dataset/merge/upload.js';
import { mergeDatasets } from '../dataset/pair-merge.js';
import type { Versions } from '../dataset/three-way.js';
import { EXIT, retold, WmsError } from '../errors.js';
import { registryFiles } from '../model/registry/state.js';
import type { Oid } from '../ports/git-repository.js';
import { type CiTarget, intoOf } from './target.js';
import type { CiTools } from './tools.js';

/**
 * Writes the commit that has both what the data branch and what the protected branch has, pointers by content. What
 * Production is only the protected branch says. Moves no ref. Throws WmsError (exit code 6) `merge/conflict` and `ci/files-conflict` with the commands that resolve them.
 */
export async function mergeProtected(
  tools: CiTools,
  target: CiTarget,
  { parents, message }: Pick<NewCommit, 'parents' | 'message'>,
): Promise<Oid> {
  const { git } = tools;
  const fork = await git.mergeBase(target.tip, target.base);
  if (fork === null) throw unrelated(target);
  const commits = { base: fork, ours: target.tip, theirs: target.base };
  const pointers = await mergePointers(tools, target, commits);
  const registry = await protectedRegistry(tools, target);
  const { tree, conflicts } = await git.mergeTrees(fork, target.tip, target.base);
  const others = conflicts.filter((path) => !pointers.paths.has(path) && !registry.has(path));
  if (others.length > 0) throw filesConflict(target, others);
  const files = new Map([...pointers.texts, ...registry]);
  return commitTree(git, { tree, files, parents, message, when: tools.clock.now() });
}

async function protectedRegistry(
  { git, config }: CiTools,
  { base }: CiTarget,
): Promise<Map<string, string | null>> {
  const files = registryFiles(config).map(
    async (path) => [path, (await git.readFile(base, path))?.toString() ?? null] as const,
  );
  return new Map(await Promise.all(files));
}

interface MergedPointers {
  readonly paths: ReadonlySet<string>;
  /** Of the pointers that the merged tree must have. */
  readonly texts: ReadonlyMap<string, string>;
}

async function mergePointers(
  tools: CiTools,
  target: CiTarget,
  commits: Versions<Oid>,
): Promise<MergedPointers> {
  const { git, config, store } = tools;
  const pathOf = (role: Role) => `${config.dataset[role]}.dvc`;
  const read = async (role: Role): Promise<Versions<DirectoryVersion>> => {
    const text = async (commit: Oid) => (await git.readFile(commit, pathOf(role)))?.toString() ?? null;
    const [base, ours, theirs] = await Promise.all([
      text(commits.base),
      text(commits.ours),
      text(commits.theirs),
    ]);
    if (base !== null && (ours === null || theirs === null)) throw filesConflict(target, [pathOf(role)]);
    return openVersions(store, pathOf(role)).all({ base, ours, theirs });
  };
  const versions = { images: await read('images'), masks: await read('masks') };
  const manifests = (side: keyof Versions<unknown>) => ({
    images: versions.images[side].manifest,
    masks: versions.masks[side].manifest,
  });
  const { merged, changes, conflicts } = mergeDatasets({
    base: manifests('base'),
    ours: manifests('ours'),
    theirs: manifests('theirs'),
  });
  const sides = { ours: target.branch, theirs: intoOf(target) };
  const explained = (pairs: typeof conflicts, pointers: readonly string[]) =>
    retold(new DataMergeConflict(pairs, pointers, sides), { next: byHand(target) });
  if (conflicts.length > 0) throw explained(conflicts, []);
  const texts = new Map<string, string>();
  for (const role of ROLES) {
    if (versions[role].ours.text === null && versions[role].theirs.text === null) continue;
    refuseNested(pathOf(role), merged[role], changes[role]);
    const id = await uploadMerged(tools, merged[role], versions[role]);
    const directory = {
      path: config.dataset[role],
      id,
      manifest: merged[role],
      changes: changes[role],
    };
    const text = mergedPointerText(versions[role], directory, null);
    if (text === null) throw explained([], [pathOf(role)]);
    texts.set(pathOf(role), text);
  }
  return { paths: new Set(ROLES.map(pathOf)), texts };
}

function byHand(target: CiTarget): string {
  const { remote, branch } = target;
  return [
    'Decide for one side, on any machine that has a clone:',
    `  git fetch ${remote} && git switch ${branch}`,
    `  npx wms data merge ${intoOf(target)} --take ours      (ours: ${branch}; theirs: ${intoOf(target)})`,
    `  git push ${remote} ${branch}`,
  ].join('\n');
}

function filesConflict(target: CiTarget, paths: readonly string[]): WmsError {
  const { remote, branch } = target;
  return new WmsError({
    kind: 'ci/files-conflict',
    code: EXIT.conflict,
    what: `${branch} and ${intoOf(target)} changed the same files, each in its own way.`,
    why: paths.join('\n'),
    next: [
      'Merge them by hand, on any machine that has a clone:',
      `  git fetch ${remote} && git switch ${branch} && npx wms data merge ${intoOf(target)}`,
      `  edit and git add the files, then: git merge --continue && git push ${remote} ${branch}`,
    ].join('\n'),
  });
}

function unrelated(target: CiTarget): WmsError {
  return new WmsError({
    kind: 'ci/unrelated',
    code: EXIT.conflict,
    what: `${target.branch} and ${intoOf(target)} have no commit in common.`,
    why: 'In a shallow clone that may be because older commits are missing.',
    next: `git fetch --unshallow ${target.remote}; then: npx wms ci rebase ${target.branch}`,
  });
}
