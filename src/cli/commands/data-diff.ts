import { Command } from 'commander';
import type { DiffFlags } from '../run-data-diff.js';

export function dataDiffCommand(): Command {
  return new Command('diff')
    .description('What changed between two versions of the dataset.')
    .argument('[a]', 'revision to compare from (default: where HEAD left the remote’s protected branch)')
    .argument('[b]', 'revision to compare to (default: HEAD)')
    .option('--html <file>', 'write a page with pictures of what changed')
    .option('--json', 'print every change as JSON')
    .addHelpText(
      'after',
      '\nRevisions are commits, tags, branches, or branches of the remote. A...B shows what B changed since it left A.\n\nExamples:\n  npx wms data diff\n  npx wms data diff origin/main data/20261121-101500 --html diff.html\n  npx wms data diff HEAD~1 --json',
    )
    .action(async (first: string | undefined, second: string | undefined, flags: DiffFlags) => {
      const { runDataDiff } = await import('../run-data-diff.js');
      await runDataDiff(first ?? null, second ?? null, flags);
    });
}
