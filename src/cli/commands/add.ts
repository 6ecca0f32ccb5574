import { Command } from 'commander';

export function addCommand(): Command {
  return new Command('add')
    .description('Stage images and masks for the next push, also where Git ignores them.')
    .argument('<path...>', 'files or directories below the dataset directories')
    .option('--json', 'print what was staged as JSON')
    .addHelpText(
      'after',
      '\nFiles that the dataset has already are left out.\n\nExample:\n  npx wms add data/training\n  git commit -m "Meters from the Linden street" && git push',
    )
    .action(async (paths: string[], options: { json?: true }) => {
      const { openPrompter, openRepository, openStore, requireConfig } = await import('../../compose.js');
      const { addFiles } = await import('../../publish/add.js');
      const git = await openRepository(process.cwd());
      const config = await requireConfig(git);
      const { store } = await openStore(git, openPrompter());
      const result = await addFiles(git, store, config, process.cwd(), paths);
      if (options.json) return void process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
      const { count } = await import('../../words.js');
      const left =
        result.known.length > 0
          ? `; left out ${count(result.known.length, 'file')} that the dataset has already`
          : '';
      process.stdout.write(`Staged ${count(result.staged.length, 'file')}${left}.\n`);
      if (result.staged.length > 0) process.stdout.write('→ git commit, then git push\n');
    });
}
