import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';

/** What hooks/pre-push calls once a push touches the dataset. */
export function hookCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('hook').description('What Git hooks call.');
  command
    .command('pre-push')
    .argument('<remote>', 'name or URL of the remote')
    .argument('[url]', 'URL that Git pushes to')
    .action(async (remote: string, url: string | undefined) => {
      const { runHook } = await import('../run-hook.js');
      finish(await runHook(remote, url ?? remote));
    });
  return command;
}
