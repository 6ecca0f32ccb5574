import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';
import type { StopFlags } from '../run-cloud-stop.js';
import { engineOption } from './cloud-options.js';

export function cloudStopCommand(finish: (code: ExitCode) => void): Command {
  return new Command('stop')
    .description('End the session: save its registry, end its machine, remove everything that still costs.')
    .option('--force [session]', 'also while somebody uses it; its id is to be typed')
    .option('--discard', 'end it although its registry cannot be saved')
    .option('--region <name>', 'where to look when no session is known (default: cloud.region)')
    .addOption(engineOption())
    .option('--yes', 'do not ask')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nAlready gone is success. A session in use is not ended: exit code 12, with who and what.\n\nExamples:\n  npx wms-stop\n  npx wms-stop --yes\n  npx wms-stop --force 20261127-101500-3f9a',
    )
    .action(async (flags: StopFlags) => {
      const { runCloudStop } = await import('../run-cloud-stop.js');
      finish(await runCloudStop(flags));
    });
}
