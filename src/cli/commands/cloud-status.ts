import { Command } from 'commander';
import type { CloudStatusFlags } from '../run-cloud-status.js';
import { engineOption } from './cloud-options.js';

export function cloudStatusCommand(): Command {
  return new Command('status')
    .description('What runs, who uses it, what is left of earlier sessions, and what this month has cost.')
    .option('--region <name>', 'where to look when no session is known (default: cloud.region)')
    .addOption(engineOption())
    .option('--json', 'print all facts as JSON')
    .addHelpText('after', '\nChanges nothing.\n\nExample:\n  npx wms cloud status')
    .action(async (flags: CloudStatusFlags) => {
      const { runCloudStatus } = await import('../run-cloud-status.js');
      await runCloudStatus(flags);
    });
}
