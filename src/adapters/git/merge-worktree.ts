import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, WmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import type { MergeWorktree, StoppedMerge, UnmergedPath } from '../../ports/stopped-merge.js';
import { environmentForGit, fields, type Git, openGit } from './git.js';

const STAGES = ['', 'base', 'ours', 'theirs'] as const;

export function openMergeWorktree(repository: GitRepository, env: NodeJS.ProcessEnv): MergeWorktree {
  const { topLevel, gitDir, zeroOid } = repository;
  const git = openGit(topLevel, environmentForGit(env, { GIT_DIR: gitDir, GIT_WORK_TREE: topLevel }));
  const updateIndex = (lines: readonly string[]) =>
    git.run(['update-index', '-z', '--index-info'], { input: lines.map((line) => `${line}\0`).join('') });
  return {
    stopped: () => stopped(git, repository),
    unmerged: () => unmerged(git),
    staged: async (path) => {
      const answer = await git.run(['cat-file', 'blob', `:0:${path}`], { answers: [0, 128] });
      return answer.code === 0 ? answer.stdout : null;
    },
    blob: async (oid) => (await git.run(['cat-file', 'blob', oid])).stdout,
    describe: (commit) => git.text(['log', '--max-count=1', '--format=%h %s', commit]),
    merge: async (revision, settings) => {
      const flags = settings.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
      const args = [...flags, 'merge', '--no-commit', '--no-edit', '--ff', '--', revision];
      const answer = await git.run(args, { answers: [0, 1, 2, 128] });
      const begun = answer.code === 0 || existsSync(join(gitDir, 'MERGE_HEAD'));
      if (!begun) throw refused(revision, answer.stderr || answer.stdout.toString());
    },
    commit: async () => {
      const answer = await git.run(['commit', '--quiet', '--no-edit'], { answers: [0, 1, 128] });
      if (answer.code !== 0) throw notCommitted(answer.stderr || answer.stdout.toString());
    },
    settle: async (path, bytes) => {
      const oid = await git.text(['hash-object', '-w', '--stdin'], { input: bytes });
      await updateIndex([`0 ${zeroOid}\t${path}`, `100644 ${oid}\t${path}`]);
      await git.run(['checkout-index', '--force', '--index', '--', path]);
    },
    unsettle: async ({ path, ...oids }, content) => {
      const stages = STAGES.flatMap((name, stage) => {
        const oid = name === '' ? null : oids[name];
        return oid === null ? [] : [`100644 ${oid} ${stage}\t${path}`];
      });
      await updateIndex([`0 ${zeroOid}\t${path}`, ...stages]);
      await writeFile(join(topLevel, path), content);
    },
  };
}

async function unmerged(git: Git): Promise<UnmergedPath[]> {
  const { stdout } = await git.run(['ls-files', '--unmerged', '-z']);
  const paths = new Map<string, { -readonly [K in keyof UnmergedPath]: UnmergedPath[K] }>();
  for (const line of fields(stdout)) {
    const tab = line.indexOf('\t');
    const path = line.slice(tab + 1);
    const [, oid = '', stage = ''] = line.slice(0, tab).split(' ');
    const found = paths.get(path) ?? { path, base: null, ours: null, theirs: null };
    const version = STAGES[Number(stage)];
    if (version) found[version] = oid;
    paths.set(path, found);
  }
  return [...paths.values()];
}

async function stopped(git: Git, repository: GitRepository): Promise<StoppedMerge | null> {
  const inRebase = ['rebase-merge', 'rebase-apply'].some((name) => existsSync(join(repository.gitDir, name)));
  const ours = await repository.resolveCommit('HEAD');
  if (ours === null) return null;
  const merging = await repository.resolveCommit('MERGE_HEAD');
  if (merging !== null) {
    const name = inRebase ? 'rebase' : 'merge';
    return { name, base: await onlyBase(git, ours, merging), ours, theirs: merging };
  }
  const picked = [
    ['rebase', inRebase ? 'REBASE_HEAD' : null],
    ['cherry-pick', 'CHERRY_PICK_HEAD'],
    ['revert', 'REVERT_HEAD'],
  ] as const;
  for (const [name, ref] of picked) {
    const commit = ref === null ? null : await repository.resolveCommit(ref);
    if (commit === null) continue;
    const parent = await onlyParent(git, commit);
    if (name === 'revert') return { name, base: parent === null ? null : commit, ours, theirs: parent };
    return { name, base: parent, ours, theirs: commit };
  }
  return inRebase ? { name: 'rebase', base: null, ours, theirs: null } : null;
}

async function onlyBase(git: Git, ours: Oid, theirs: Oid): Promise<Oid | null> {
  const answer = await git.run(['merge-base', '--all', ours, theirs], { answers: [0, 1] });
  return only(answer.stdout.toString().trim().split('\n'));
}

async function onlyParent(git: Git, commit: Oid): Promise<Oid | null> {
  return only((await git.text(['rev-list', '--parents', '--max-count=1', commit])).split(' ').slice(1));
}

function only(oids: readonly Oid[]): Oid | null {
  return oids.length === 1 ? oids[0] || null : null;
}

function refused(revision: string, said: string): WmsError {
  return new WmsError({
    kind: 'merge/refused',
    code: EXIT.usage,
    what: `Git does not merge ${revision} here.`,
    why: said.trim(),
    next: 'Do what Git says, then run the same command again. Nothing was changed.',
  });
}

function notCommitted(said: string): WmsError {
  return new WmsError({
    kind: 'merge/not-committed',
    code: EXIT.usage,
    what: 'The dataset is merged, but Git does not make the commit.',
    why: said.trim(),
    next: 'When the reason is gone: git merge --continue',
  });
}
