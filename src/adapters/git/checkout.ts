import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, WmsError } from '../../errors.js';
import type { CheckoutMove, Oid, TreeEdit } from '../../ports/git-repository.js';
import { type Blocked, planCheckout } from './checkout-plan.js';
import type { Git } from './git.js';
import { withIndexLock } from './index-lock.js';
import { holdRef } from './refs.js';
import { openTreeWriter } from './trees.js';

export interface CheckoutPlaces {
  readonly topLevel: string;
  readonly index: string;
  /** For a second index beside it, on the same file system. */
  readonly copy: string;
  readonly zeroOid: Oid;
}

/**
 * Index and branch are locked before the working tree changes, the new index is put in place by one rename, and the
 * branch moves last. A kill in between leaves files that are as in `from` or as in `to` (or, of the latter, a part):
 * `resumed` takes them for what they are.
 */
export async function moveCheckout(git: Git, places: CheckoutPlaces, move: CheckoutMove): Promise<void> {
  const { index, copy } = places;
  await withIndexLock(index, async () => {
    const branch = await holdRef(git, `refs/heads/${move.branch}`, move.to, move.from, move.message);
    try {
      const prepared = await prepare(git, places, move);
      await prepared.git.run(['read-tree', '-m', '-u', prepared.from, move.to]);
      await prepared.finish();
      await rename(copy, index);
      await branch.commit();
    } finally {
      await branch.release();
      await rm(copy, { force: true });
    }
  });
}

export async function checkMove(git: Git, places: CheckoutPlaces, move: CheckoutMove): Promise<void> {
  try {
    await prepare(git, places, move);
  } finally {
    await rm(places.copy, { force: true });
  }
}

interface Prepared {
  /** Works on the copy of the index. */
  readonly git: Git;
  /** Tree to move the files from. */
  readonly from: Oid;
  /** What is to be done after the working tree has moved. */
  finish(): Promise<void>;
}

async function prepare(git: Git, places: CheckoutPlaces, move: CheckoutMove): Promise<Prepared> {
  const onCopy = withIndex(git, places.copy);
  await mkdir(dirname(places.copy), { recursive: true });
  await rm(places.copy, { force: true });
  await copyFile(places.index, places.copy).catch((error: NodeJS.ErrnoException) => {
    // A clone without an index has nothing staged: Git takes a missing one for an empty one.
    if (error.code !== 'ENOENT') throw error;
  });
  await onCopy.run(['update-index', '-q', '--refresh'], { answers: [0, 1] });
  const plan = await planCheckout(onCopy, places.topLevel, move);
  if (plan.blocked.length > 0) throw localChanges(move, plan.blocked);
  await editIndex(onCopy, [...plan.keep, ...plan.already], places.zeroOid);
  const from = await startingTree(git, places, move, plan.keep);
  const args = ['read-tree', '-m', '-u', '--dry-run', from, move.to];
  const rehearsal = await onCopy.run(args, { answers: [0, 128] });
  if (rehearsal.code !== 0) throw localChanges(move, [], rehearsal.stderr);
  return {
    git: onCopy,
    from,
    async finish() {
      await editIndex(onCopy, plan.after, places.zeroOid);
      const input = plan.rewrite.map((path) => `${path}\0`).join('');
      if (input !== '') await onCopy.run(['checkout-index', '-f', '-z', '--stdin'], { input });
      await onCopy.run(['update-index', '-q', '--refresh'], { answers: [0, 1] });
    },
  };
}

function withIndex(git: Git, index: string): Git {
  const env = { GIT_INDEX_FILE: index };
  return {
    ...git,
    env: { ...git.env, ...env },
    run: (args, call) => git.run(args, { ...call, env: { ...call?.env, ...env } }),
    text: (args, call) => git.text(args, { ...call, env: { ...call?.env, ...env } }),
  };
}

/** `from`, with the files to keep as `to` has them: where nothing differs, Git touches nothing. */
async function startingTree(
  git: Git,
  { copy, zeroOid }: CheckoutPlaces,
  { from }: CheckoutMove,
  keep: readonly TreeEdit[],
): Promise<Oid> {
  const writer = await openTreeWriter(git, dirname(copy), zeroOid);
  try {
    return await writer.write(from, keep);
  } finally {
    await writer.close();
  }
}

async function editIndex(git: Git, edits: readonly TreeEdit[], zeroOid: Oid): Promise<void> {
  if (edits.length === 0) return;
  const lines = edits.map(({ path, entry }) => `${entry?.mode ?? 0} ${entry?.oid ?? zeroOid}\t${path}\0`);
  await git.run(['update-index', '-z', '--index-info'], { input: lines.join('') });
}

function localChanges({ branch }: CheckoutMove, blocked: readonly Blocked[], said = ''): WmsError {
  return new WmsError({
    kind: 'git/local-changes',
    code: EXIT.conflict,
    what: `Changes in the working tree stand in the way of the new ${branch}.`,
    why: [...blocked.map(({ path, reason }) => `${path} ${reason}`), said.trim()].filter(Boolean).join('\n'),
    next: 'Commit them, move them away or run: git stash; then run the command again. Nothing was changed.',
  });
}
