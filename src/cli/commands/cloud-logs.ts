import { Command } from 'commander';
import type { PlaceFlags } from '../cloud-tools.js';
import { engineOption } from './cloud-options.js';

export function cloudLogsCommand(): Command {
  return new Command('logs')
    .description("The last lines of the session's machine, not older than two minutes.")
    .addOption(engineOption())
    .addHelpText('after', '\nAlso after the machine has ended.\n\nExample:\n  npx wms cloud logs | tail -50')
    .action(async (flags: PlaceFlags) => {
      const { runCloudLogs } = await import('../run-cloud-logs.js');
      await runCloudLogs(flags);
    });
}
