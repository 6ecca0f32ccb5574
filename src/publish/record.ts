import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localError } from '../clone/local-error.js';
import { stateDirectory } from '../clone/state.js';
import type { GitRepository } from '../ports/git-repository.js';
import { failureOf, type PublishOutcome, writeOutcome } from './outcome.js';
import { refspecOf } from './refs.js';
import type { PublishTarget } from './target.js';

type Facts = Pick<
  PublishOutcome,
  'remote' | 'protectedBranch' | 'base' | 'commit' | 'finishedAt' | 'notPushed'
>;

/** What every outcome tells, whatever it is. */
export function factsOf(target: PublishTarget, finishedAt: Date): Facts {
  return {
    remote: target.remote,
    protectedBranch: target.branch,
    base: target.base,
    commit: target.tip,
    finishedAt: finishedAt.toISOString(),
    notPushed: target.otherRefs.map(refspecOf),
  };
}

export function outcomeFile(commonDir: string): string {
  return join(stateDirectory(commonDir), 'last-publish.json');
}

/**
 * Does `work`, and writes a failure down before it goes on to the caller: programs that read the file must not take
 * the outcome of an earlier publish for this one's.
 */
export async function recordingFailure<T>(
  git: GitRepository,
  target: PublishTarget,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const told = localError(error);
    const outcome = { ...factsOf(target, new Date()), ...failureOf(told) };
    const file = outcomeFile(git.commonDir);
    // Where this cannot be written either, no outcome is better than an old one.
    await writeOutcome(file, outcome).catch(() => rm(file, { force: true }).catch(() => undefined));
    throw told;
  }
}
