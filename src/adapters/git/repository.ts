import { join } from 'node:path';
import type { GitRepository } from '../../ports/git-repository.js';
import { checkMove, moveCheckout } from './checkout.js';
import { environmentForGit, fields, openGit } from './git.js';
import { changesOf, commitsBetween, commitsChanging, log } from './history.js';
import { locate } from './locate.js';
import { mergeTrees, treeOf } from './merge.js';
import { readFiles, readObjects } from './objects.js';
import { deleteBranch, pushBranch, pushRef } from './push.js';
import { refsBelow, unfinishedOperation, updateRef, worktrees } from './refs.js';
import { listTree, openTreeWriter, writeWorkingTree } from './trees.js';

export interface OpenGitOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Throws WmsError `git/not-a-repository`, `git/bare` or `git/missing` (exit code 2). */
export async function openGitRepository({ cwd, env = process.env }: OpenGitOptions): Promise<GitRepository> {
  const { topLevel, gitDir, commonDir, objectFormat } = await locate(cwd, env);
  const git = openGit(topLevel, environmentForGit(env, { GIT_DIR: gitDir, GIT_WORK_TREE: topLevel }));
  const zeroOid = '0'.repeat(objectFormat === 'sha256' ? 64 : 40);
  const oneLine = async (args: readonly string[], absent: readonly number[]): Promise<string | null> => {
    const answer = await git.run(args, { answers: [0, ...absent] });
    return answer.code === 0 ? answer.stdout.toString().replace(/\r?\n$/, '') : null;
  };
  const gitPath = (name: string): Promise<string> =>
    git.text(['rev-parse', '--path-format=absolute', '--git-path', name]);
  const checkoutPlaces = async () => ({
    topLevel,
    index: await gitPath('index'),
    copy: join(gitDir, 'wms', 'tmp', 'index-checkout'),
    zeroOid,
  });

  const fetchRefs = async (remote: string, refs: readonly string[], signal?: AbortSignal): Promise<void> => {
    const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--refmap='];
    await git.run(['fetch', ...quiet, '--', remote, ...refs], { signal });
  };

  return {
    topLevel,
    gitDir,
    commonDir,
    zeroOid,
    resolveCommit: (revision) =>
      oneLine(['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{commit}`], [1, 128]),
    hasObject: async (oid) => (await git.run(['cat-file', '-e', oid], { answers: [0, 1, 128] })).code === 0,
    commitsBetween: (tip, not) => commitsBetween(git, tip, not),
    changesOf: (commits) => changesOf(git, commits),
    isAncestor: async (ancestor, descendant) =>
      (await git.run(['merge-base', '--is-ancestor', ancestor, descendant], { answers: [0, 1] })).code === 0,
    treeEntry: async (treeish, path) => (await listTree(git, [treeish, '--', path]))[0] ?? null,
    filesBelow: (treeish, directories) =>
      listTree(git, ['-r', treeish, '--', ...directories.map((directory) => `${directory}/`)]),
    readFile: async (treeish, path) => {
      const answer = await git.run(['cat-file', 'blob', `${treeish}:${path}`], { answers: [0, 128] });
      return answer.code === 0 ? answer.stdout : null;
    },
    readObjects: (oids, signal) => readObjects(git, oids, signal),
    readFiles: (files) => readFiles(git, files),
    mergeBase: (a, b) => oneLine(['merge-base', a, b], [1]),
    commitsChanging: (tip, paths, since) => commitsChanging(git, tip, paths, since),
    log: (tip, paths, limit) => log(git, tip, paths, limit),
    treeOf: (commit) => treeOf(git, commit),
    workingTree: async (except) => writeWorkingTree(git, await gitPath('index'), except),
    mergeTrees: (base, ours, theirs) => mergeTrees(git, base, ours, theirs),
    writeBlob: (bytes) => git.text(['hash-object', '-w', '--stdin'], { input: bytes }),
    openTreeWriter: () => openTreeWriter(git, join(gitDir, 'wms', 'tmp'), zeroOid),
    writeCommit: (raw) => git.text(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: raw }),
    personIdent: (kind, when) => {
      const name = kind.toUpperCase();
      const date = `@${Math.floor(when.getTime() / 1000)} +0000`;
      return git.text(['var', `GIT_${name}_IDENT`], { env: { [`GIT_${name}_DATE`]: date } });
    },
    remoteRef: async (remote, ref) => {
      const line = await git.text(['ls-remote', '--', remote, ref]);
      return (
        line
          .split('\n')
          .find((text) => text.endsWith(`\t${ref}`))
          ?.split('\t')[0] ?? null
      );
    },
    fetchRef: (remote, ref) => fetchRefs(remote, [ref]),
    fetchRefs,
    fetchBranch: async (remote, branch) => {
      const quiet = ['--quiet', '--no-write-fetch-head', '--recurse-submodules=no'];
      await git.run(['fetch', ...quiet, '--', remote, `refs/heads/${branch}`]);
    },
    remoteBranches: async (remote, prefix, signal) => {
      const heads = ['ls-remote', '--heads', '--', remote, `refs/heads/${prefix}*`];
      const lines = await git.text(heads, { signal });
      return lines
        .split('\n')
        .map((line) => line.split('\t'))
        .map(([oid = '', ref = '']) => ({ oid, branch: ref.slice('refs/heads/'.length) }))
        .filter(({ branch }) => branch.startsWith(prefix));
    },
    pushUrls: async (remote) => {
      const answer = await git.run(['remote', 'get-url', '--push', '--all', '--', remote], {
        answers: [0, 2, 128],
      });
      return answer.code === 0 ? answer.stdout.toString().trim().split('\n') : [remote];
    },
    pushNewBranch: (remote, commit, branch) => pushBranch(git, remote, commit, branch, null),
    pushRef: (remote, commit, ref, expected) => pushRef(git, remote, commit, ref, expected),
    replaceBranch: (remote, commit, branch, expected) => pushBranch(git, remote, commit, branch, expected),
    deleteBranch: (remote, branch, expected) => deleteBranch(git, remote, branch, expected),
    mirrorRefs: async (remote, prefix) => {
      const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--refmap='];
      await git.run(['fetch', ...quiet, '--', remote, `+${prefix}*:${prefix}*`]);
    },
    config: (key) => oneLine(['config', '--get', key], [1]),
    setConfig: async (key, value) => void (await git.run(['config', '--local', key, value])),
    unsetConfig: async (key) =>
      void (await git.run(['config', '--local', '--unset', key], { answers: [0, 5] })),
    gitPath,
    currentBranch: () => oneLine(['symbolic-ref', '--quiet', '--short', 'HEAD'], [1]),
    worktrees: () => worktrees(git),
    unfinishedOperation: () => unfinishedOperation(gitPath),
    refs: (prefix) => refsBelow(git, prefix),
    updateRef: (ref, to, from, message) => updateRef(git, ref, to, from ?? zeroOid, message),
    checkMove: async (move) => checkMove(git, await checkoutPlaces(), move),
    moveCheckout: async (move) => moveCheckout(git, await checkoutPlaces(), move),
    trackedFiles: async (directories) => {
      const below = directories.map((directory) => `${directory}/`);
      return fields((await git.run(['ls-files', '-z', '--', ...below])).stdout);
    },
    changedFiles: async (directories) => {
      const below = directories.map((directory) => `${directory}/`);
      const diff = [
        'diff',
        '--name-only',
        '-z',
        '--no-renames',
        '--no-ext-diff',
        '--ignore-submodules',
        'HEAD',
      ];
      return fields((await git.run([...diff, '--', ...below])).stdout);
    },
    stage: async (paths) => {
      const everyday = await porcelain(topLevel);
      for (let from = 0; from < paths.length; from += STAGE_AT_ONCE) {
        const some = paths.slice(from, from + STAGE_AT_ONCE);
        await everyday.raw(['--literal-pathspecs', 'add', '--force', '--', ...some]);
      }
    },
  };
}

/** Keeps the command line under every system's limit. */
const STAGE_AT_ONCE = 200;

/** Everyday commands on the working tree, which simple-git does well: it needs neither stdin nor our environment. */
async function porcelain(topLevel: string) {
  const { simpleGit } = await import('simple-git');
  return simpleGit({ baseDir: topLevel });
}
