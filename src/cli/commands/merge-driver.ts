import { Command } from 'commander';

/** What Git calls for a pointer; see src/config/merge-driver.pure.ts. */
export function mergeDriverCommand(): Command {
  return new Command('merge-driver')
    .description('What Git merges call.')
    .argument('<base>', 'file')
    .argument('<ours>', 'file, gets the result')
    .argument('<theirs>', 'file')
    .argument('<pointer>', 'path in the repository')
    .argument('[labels...]', 'what Git calls ours and theirs')
    .action(async (base: string, ours: string, theirs: string, pointer: string, labels: string[]) => {
      const { openNobody, openRepository, openStore } = await import('../../compose.js');
      const { runMergeDriver } = await import('../../dataset/merge/driver.js');
      // Git before 2.44 does not know these placeholders and hands them on.
      const label = (text: string | undefined) => (text === undefined || /^%[XY]$/.test(text) ? null : text);
      await runMergeDriver(
        {
          files: { base, ours, theirs },
          pointer,
          labels: { ours: label(labels[0]), theirs: label(labels[1]) },
        },
        async () => openStore(await openRepository(process.cwd()), openNobody()),
      );
    });
}
