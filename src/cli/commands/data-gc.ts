import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';
import type { GcFlags } from '../run-data-gc.js';

export function dataGcCommand(finish: (code: ExitCode) => void): Command {
  const collect = (path: string, paths: readonly string[]) => [...paths, path];
  return new Command('gc')
    .description('Delete objects from the store that no version of the dataset names any more.')
    .option('--older-than <age>', 'only what was stored that long ago, e.g. 30d or 48h', '30d')
    .option(
      '--also <path>',
      'a clone of another repository that uses this store; may be repeated',
      collect,
      [],
    )
    .option('--dry-run', 'show what would be deleted, and delete nothing')
    .option('--yes', 'delete without asking')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nKept is what any pointer names: in every commit of every ref here and on the remotes, in reflogs, stashes, indexes and\nworking trees; and what a publish counts on. What is not known for sure ends the command, and nothing is deleted.\n\nExamples:\n  npx wms data gc --dry-run\n  npx wms data gc --older-than 90d --also ../other-meters',
    )
    .action(async (flags: GcFlags) => {
      const { runDataGc } = await import('../run-data-gc.js');
      finish(await runDataGc(flags));
    });
}
