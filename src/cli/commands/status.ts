import { Command } from 'commander';
import type { StatusFlags } from '../run-status.js';

export function statusCommand(): Command {
  return new Command('status')
    .description('What is new here, what is published and waits, and what to do next.')
    .option('--json', 'print all facts as JSON')
    .addHelpText(
      'after',
      '\nThe last line is the next command. Without a network, what was known last is shown.\n\nExample:\n  npx wms status',
    )
    .action(async (flags: StatusFlags) => {
      const { runStatus } = await import('../run-status.js');
      await runStatus(flags);
    });
}
