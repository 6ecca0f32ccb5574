import * as z from 'zod';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { damagedRecord } from './errors.js';

export const RECORD = 'pull-request.json';
export const BODY = 'body.md';

const shape = z.object({
  head: z.string(),
  base: z.string(),
  title: z.string(),
  labels: z.array(z.string()),
  author: z.string(),
  approvals: z.array(z.object({ who: z.string(), commit: z.string(), reason: z.string() })),
  /** Commit of the head branch that was saved last, or merged. */
  headCommit: z.string(),
  /** Written before the base branch moves to it: what counts is whether that branch has it. */
  mergeCommit: z.string().nullable(),
});

/** What the remote keeps of a pull request, beside its body and its comments. */
export type PullRequestRecord = z.infer<typeof shape>;

export const recordRef = (head: string): string => `refs/wms/pr/${head}`;

export const renderRecord = (record: PullRequestRecord): string => `${JSON.stringify(record, null, 2)}\n`;

/** Throws WmsError `host/damaged` (exit code 6). */
export async function readRecord(git: GitRepository, ref: string, commit: Oid): Promise<PullRequestRecord> {
  const text = (await git.readFile(commit, RECORD))?.toString() ?? '';
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw damagedRecord(ref, error instanceof z.ZodError ? z.prettifyError(error) : String(error));
  }
}
