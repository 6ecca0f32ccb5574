import { readFile, stat } from 'node:fs/promises';
import { placeContent } from '../clone/place-file.js';
import type { PairCounts } from '../dataset/merge-plan.js';
import { type ToldError, tellError } from '../errors.js';
import { masked } from '../mask.pure.js';

/** What a publish came to; `last-publish.json` holds it for programs. */
export type PublishOutcome = {
  readonly remote: string;
  readonly protectedBranch: string;
  /** What the protected branch held on the remote; null when there was no such branch. */
  readonly base: string | null;
  /** Commit that was pushed; null for files of the working tree. */
  readonly commit: string | null;
  readonly finishedAt: string;
  /** `git push` arguments of refs that were in the same push, and were not pushed. */
  readonly notPushed: readonly string[];
} & (Published | PublishedBefore | Failed);

interface Published {
  readonly outcome: 'published';
  readonly branch: string;
  readonly branchCommit: string;
  /** The push's other changes, without raw files; null when there were none and nothing was there before. */
  readonly branchParent: string | null;
  /** Pairs. */
  readonly counts: PairCounts;
  /** Pairs, and files without a partner, that left the dataset: paths without extension. */
  readonly removed: readonly string[];
  readonly store: string;
  readonly who: string;
  readonly smoke: {
    readonly images: number;
    readonly medianDice: number;
    readonly lowestDice: number;
  } | null;
  readonly warnings: number;
  readonly report: string;
  readonly messages: readonly string[];
  readonly unsignedCommits: number;
}

interface PublishedBefore {
  readonly outcome: 'published-before';
  readonly branch: string;
  readonly branchCommit: string;
}

interface Failed {
  readonly outcome: 'failed';
  readonly error: ToldError;
}

export function failureOf(error: unknown): Failed {
  return { outcome: 'failed', error: tellError(error) };
}

/** Addresses are written without what they hold of passwords: the file outlives them. */
export async function writeOutcome(path: string, outcome: PublishOutcome): Promise<void> {
  await placeContent(path, `${JSON.stringify(masked(outcome), null, 2)}\n`);
}

/** What the last publish came to, and when that was written; null when there is none. */
export async function readOutcome(
  path: string,
): Promise<{ outcome: PublishOutcome; writtenAt: Date } | null> {
  try {
    const [text, { mtime }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { outcome: JSON.parse(text) as PublishOutcome, writtenAt: mtime };
  } catch {
    return null;
  }
}
