import { Command } from 'commander';
import type { PullFlags } from '../run-data-pull.js';

export function dataPullCommand(): Command {
  return new Command('pull')
    .description('Get a version of the dataset into the working tree, or into a directory.')
    .argument('[revision]', 'commit, tag, branch or branch of the remote', 'HEAD')
    .option('--to <directory>', 'put images/ and masks/ there, and leave the working tree alone')
    .option('--only <glob>', 'only pairs whose image or mask matches, e.g. "2026-*/**"')
    .option('--sample <count>', 'only that many pairs, chosen by the seed')
    .option('--seed <text>', 'another choice for --sample (default: 0)')
    .option('--force', 'overwrite files whose bytes are in no version of the dataset')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      '\nOnly what is missing is fetched. Killed in the middle? Run it again.\n\nExamples:\n  npx wms data pull\n  npx wms data pull data/20261121-101500 --to /tmp/candidate\n  npx wms data pull --sample 500 --seed 7 --to ./small',
    )
    .action(async (revision: string, flags: PullFlags) => {
      const { runDataPull } = await import('../run-data-pull.js');
      await runDataPull(revision, flags);
    });
}
