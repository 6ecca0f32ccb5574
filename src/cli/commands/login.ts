import { Command } from 'commander';

export function loginCommand(): Command {
  return new Command('login')
    .description('Take pasted AWS credentials into a profile, and check them.')
    .option(
      '--profile <name>',
      'profile in ~/.aws/credentials (default: the one in .dvc/config, else default)',
    )
    .addHelpText(
      'after',
      '\nPaste the block that AWS Academy shows under "AWS Details", or enter key by key.\n\nExample:\n  npx wms login',
    )
    .action(async ({ profile }: { profile?: string }) => {
      const { openPrompter, openRepository, openStore } = await import('../../compose.js');
      const { logIn } = await import('../log-in.js');
      const git = await openRepository(process.cwd());
      const prompter = openPrompter();
      const opened = await openStore(git, prompter, profile);
      process.stdout.write(`${await logIn(opened, prompter)}\n`);
    });
}
