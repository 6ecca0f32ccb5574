import { Command } from 'commander';
import type { HistoryFlags } from '../run-model-history.js';

export function modelHistoryCommand(): Command {
  return new Command('history')
    .description('List the versions of the model, and every change of Production.')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  npx wms model history')
    .action(async (flags: HistoryFlags) => {
      const { runModelHistory } = await import('../run-model-history.js');
      await runModelHistory(flags);
    });
}
