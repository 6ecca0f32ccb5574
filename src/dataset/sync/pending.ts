import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { placeContent } from '../../clone/place-file.js';
import { isWmsError } from '../../errors.js';
import type { CheckoutMove, GitRepository } from '../../ports/git-repository.js';

type Pending = Omit<CheckoutMove, 'resumed'>;

const fileOf = (git: GitRepository): string => join(git.gitDir, 'wms', 'sync.json');

/** Moves the checked-out branch. Written down first: killed in the middle, `finishPending` gets it to its end. */
export async function moveRecorded(git: GitRepository, move: Pending): Promise<void> {
  await placeContent(fileOf(git), `${JSON.stringify(move)}\n`);
  await git.moveCheckout({ ...move, resumed: false }).catch(async (error: unknown) => {
    const began = !isWmsError(error, 'git/local-changes') && !isWmsError(error, 'git/index-locked');
    if (!began) await rm(fileOf(git), { force: true });
    throw error;
  });
  await rm(fileOf(git), { force: true });
}

/**
 * Ends a move that a killed sync has begun. One that is no longer of use is forgotten. True: the branch moved.
 */
export async function finishPending(git: GitRepository): Promise<boolean> {
  const move = await readPending(git);
  if (move === null) return false;
  const branch = await git.resolveCommit(`refs/heads/${move.branch}`);
  const isOpen = branch === move.from && (await git.currentBranch()) === move.branch;
  const canEnd = isOpen && (await git.hasObject(move.to));
  if (canEnd) await git.moveCheckout({ ...move, resumed: true });
  await rm(fileOf(git), { force: true });
  return canEnd;
}

async function readPending(git: GitRepository): Promise<Pending | null> {
  try {
    return JSON.parse(await readFile(fileOf(git), 'utf8')) as Pending;
  } catch {
    return null;
  }
}
