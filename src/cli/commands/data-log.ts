import { Command } from 'commander';
import type { LogFlags } from '../run-data-log.js';

export function dataLogCommand(): Command {
  return new Command('log')
    .description(
      'The history of the dataset: when, who, how many pairs, from which data branch, which model.',
    )
    .argument('[revision]', 'commit, tag, branch or branch of the remote', 'HEAD')
    .option('--limit <count>', 'only that many versions, the newest ones')
    .option('--json', 'print every version as JSON')
    .addHelpText(
      'after',
      '\n+ new, ~ replaced, − removed, → renamed pairs.\n\nExamples:\n  npx wms data log\n  npx wms data log origin/main --limit 10 --json',
    )
    .action(async (revision: string, flags: LogFlags) => {
      const { runDataLog } = await import('../run-data-log.js');
      await runDataLog(revision, flags);
    });
}
