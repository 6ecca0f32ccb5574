import { Command, Option } from 'commander';
import type { ExitCode } from '../../errors.js';
import type { DataMergeFlags } from '../run-data-merge.js';

export function dataMergeCommand(finish: (code: ExitCode) => void): Command {
  return new Command('merge')
    .description('Merge versions of the dataset by content.')
    .argument(
      '[rev]',
      'revision to merge into the current branch (default: what has stopped here, e.g. a git merge)',
    )
    .addOption(
      new Option('--take <side>', 'whose version of a pair to keep when both sides changed it').choices([
        'ours',
        'theirs',
      ]),
    )
    .option('--json', 'print the outcome, or the conflicts, as JSON')
    .addHelpText(
      'after',
      '\nFor the branch that is checked out this is git merge, with the dataset merged file by file. In a rebase, "ours" is\nthe branch that you rebase onto, and "theirs" are your commits, as everywhere in Git.\n\nExamples:\n  npx wms data merge origin/main\n  npx wms data merge --take theirs',
    )
    .action(async (revision: string | undefined, flags: DataMergeFlags) => {
      const { runDataMerge } = await import('../run-data-merge.js');
      finish(await runDataMerge(revision ?? null, flags));
    });
}
