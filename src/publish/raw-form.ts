import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitParts } from '../commits/render-commit.pure.js';
import type { RawFile } from '../dataset/raw-files.js';
import type { GitRepository, Oid, TreeEdit } from '../ports/git-repository.js';
import { found, type PublishJob } from './job.js';
import { describeFiles } from './plan.js';

/** The last commit of a data branch. */
export interface BranchForm {
  readonly parent: Oid | null;
  /** Commits that lost their signature. */
  readonly unsigned: number;
  readonly parts: Omit<CommitParts, 'message'>;
  messageOn(branch: string): string;
}

const MARK = /^Publish-Through: git$/m;
const CONSENT = /^Allow-Replace: yes$/m;

/** Whether a commit's message is one of `rawForm`, and images may get other bytes. Null: it is not. */
export function readRawForm(message: string): { readonly allowReplace: boolean } | null {
  return MARK.test(message) ? { allowReplace: CONSENT.test(message) } : null;
}

/**
 * The push's commits as they are, and one on top that says so. What the commits do not hold (files of the working tree,
 * or of a branch that has moved on) is in that one.
 */
export async function rawForm(job: PublishJob): Promise<BranchForm> {
  const { git } = job.tools;
  const { target, carriesCommits, raw } = job.plan;
  const when = job.journal.startedAt;
  const parent = carriesCommits && target.tip !== null ? target.tip : target.base;
  const missing = parent === target.tip ? [] : raw.files;
  const [base, author, committer, edits] = await Promise.all([
    parent === null ? null : git.treeOf(parent),
    git.personIdent('author', when),
    git.personIdent('committer', when),
    Promise.all(missing.map((file) => editOf(git, file))),
  ]);
  const writer = await git.openTreeWriter();
  try {
    const tree = await writer.write(base, edits);
    const parts = { tree, parents: parent === null ? [] : [parent], author, committer };
    const title = `data: ${describeFiles(raw.files)} for wms ci ingest`;
    const consent = found(job, 'merge').replacedImages.length > 0 ? 'Allow-Replace: yes\n' : '';
    const messageOn = (branch: string) =>
      `${title}\n\nPublish-Through: git\n${consent}Data-Branch: ${branch}\n`;
    return { parent, unsigned: 0, parts, messageOn };
  } finally {
    await writer.close();
  }
}

async function editOf(git: GitRepository, { path, mode, source }: RawFile): Promise<TreeEdit> {
  const oid =
    'blob' in source ? source.blob : await git.writeBlob(await readFile(join(git.topLevel, source.file)));
  return { path, entry: { mode, oid } };
}
