import { Command } from 'commander';
import type { SyncFlags } from '../run-sync.js';

export function syncCommand(): Command {
  return new Command('sync')
    .description(
      "After a merge: move your branch onto the remote's, keep code commits, leave out published raw files.",
    )
    .option('--remote <name>', 'remote to follow (default: what the branch follows, else origin)')
    .option('--branch <name>', 'branch to move (default: the protected branch that is checked out)')
    .option('--dry-run', 'print what would be done, and move nothing')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nFiles of the working tree stay. When a raw file is not in the dataset yet, nothing is moved.\n\nExample:\n  npx wms sync',
    )
    .action(async (flags: SyncFlags) => {
      const { runSync } = await import('../run-sync.js');
      await runSync(flags);
    });
}
