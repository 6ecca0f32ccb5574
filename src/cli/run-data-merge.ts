import { openMergeTools, openRepository, requireConfig } from '../compose.js';
import { DataMergeConflict, deedOf } from '../dataset/merge/conflicts.js';
import { type DataMergeOutcome, mergeData } from '../dataset/merge/data-merge.js';
import type { Side } from '../dataset/three-way.js';
import { EXIT, type ExitCode } from '../errors.js';

export interface DataMergeFlags {
  readonly take?: Side;
  readonly json?: true;
}

export async function runDataMerge(revision: string | null, flags: DataMergeFlags): Promise<ExitCode> {
  const print = (facts: object) => process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
  const git = await openRepository(process.cwd());
  const tools = await openMergeTools(git, await requireConfig(git));
  try {
    const outcome = await mergeData(tools, { revision, take: flags.take ?? null });
    if (flags.json) print(outcome);
    else process.stdout.write(`${describe(outcome, revision).join('\n')}\n`);
    return EXIT.done;
  } catch (error) {
    if (flags.json && error instanceof DataMergeConflict) print(conflictFacts(error));
    throw error;
  }
}

function describe(
  { outcome, pointers, undecided, next }: DataMergeOutcome,
  revision: string | null,
): string[] {
  const lines = pointers.map(({ path, nfiles }) => `  ${path}  ${nfiles} files`);
  switch (outcome) {
    case 'up-to-date':
      return [`${revision} is in the current branch already.`];
    case 'fast-forward':
      return [`The current branch moved forward to ${revision}: there was nothing to merge.`];
    case 'merged':
      return [`Merged ${revision}.`, ...lines];
    case 'nothing-to-do':
    case 'resolved': {
      const first =
        outcome === 'resolved'
          ? 'Merged and staged:'
          : 'Both pointers are decided already; nothing was changed.';
      const others = undecided.map((path) => `  ${path}`);
      const still = others.length === 0 ? [] : ['Still in conflict, edit and git add them:', ...others];
      return [first, ...lines, ...still, `→ ${next}`];
    }
  }
}

function conflictFacts({ pairs, pointers, sides }: DataMergeConflict) {
  const conflicts = pairs.map(({ stem, files }) => ({
    pair: stem,
    files: files.map((file) => ({
      role: file.role,
      path: file.relpath,
      base: file.base,
      ours: { md5: file.ours, did: deedOf(file, 'ours') },
      theirs: { md5: file.theirs, did: deedOf(file, 'theirs') },
    })),
  }));
  return { outcome: 'conflict', sides, conflicts, pointers };
}
