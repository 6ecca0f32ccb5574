import type { Command } from 'commander';

/** Options that the commands which change the dataset share. */
export function withEditOptions(command: Command): Command {
  return command
    .option('--message <reason>', 'why, for the commit on the data branch')
    .option('--yes', 'take pairs out without asking; needed where there is no terminal')
    .option('--dry-run', 'print what would change, and write nothing')
    .option('--remote <name>', 'remote to publish to (default: what the branch follows, else origin)')
    .option('--branch <name>', 'protected branch whose dataset is changed')
    .option('--json', 'print the outcome, or with --dry-run the plan, as JSON');
}
