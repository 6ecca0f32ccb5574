import { Command } from 'commander';
import type { RollbackFlags } from '../run-model-rollback.js';

export function modelRollbackCommand(): Command {
  return new Command('rollback')
    .description('Make an earlier version Production again.')
    .option('--to <version>', 'version or run (default: what the last change of Production replaced)')
    .requiredOption('--reason <text>', 'for the history')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nIts files are read from the registry before anything changes. A rollback is undone by another one.\n\nExample:\n  npx wms model rollback --reason "blind to the new meters"',
    )
    .action(async (flags: RollbackFlags) => {
      const { runModelRollback } = await import('../run-model-rollback.js');
      await runModelRollback(flags);
    });
}
