import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';
import type { PublishFlags } from '../run-publish.js';

export function publishCommand(finish: (code: ExitCode) => void): Command {
  return new Command('publish')
    .description(
      'Publish by hand what git push would publish: for graphical clients, retries, uncommitted files.',
    )
    .argument('[path...]', 'with --worktree: only these files or directories')
    .option('--worktree', 'publish files of the working tree, committed or not')
    .option('--dry-run', 'print what would be published, and write nothing')
    .option('--allow-replace', 'let images of the dataset get other bytes')
    .option('--remote <name>', 'remote to publish to (default: what the branch follows, else origin)')
    .option('--branch <name>', 'protected branch that the images are for')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx wms publish --dry-run\n  npx wms publish --worktree data/training',
    )
    .action(async (paths: string[], flags: PublishFlags) => {
      const { runPublish } = await import('../run-publish.js');
      finish(await runPublish(paths, flags));
    });
}
