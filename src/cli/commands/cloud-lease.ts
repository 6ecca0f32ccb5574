import { Command } from 'commander';
import type { LeaseFlags } from '../run-cloud-lease.js';
import { engineOption } from './cloud-options.js';

export function cloudLeaseCommand(finish: (code: number) => void): Command {
  return new Command('lease')
    .description('Keep the session from being stopped while a command runs.')
    .usage('[options] -- COMMAND…')
    .argument('[command...]', 'the command, behind --')
    .option('--what <text>', 'what others read of it (default: the command)')
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nEnds with the exit code of the command. When this process dies, the lease ends by itself after 4 minutes.\n\nExample:\n  npx wms cloud lease -- python train.py',
    )
    .action(async (command: string[], flags: LeaseFlags) => {
      const { runCloudLease } = await import('../run-cloud-lease.js');
      finish(await runCloudLease(command, flags));
    });
}
