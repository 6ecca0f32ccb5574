import { Command } from 'commander';
import type { CompareFlags } from '../run-model-compare.js';

export function modelCompareCommand(): Command {
  return new Command('compare')
    .description('Show two versions of the model side by side.')
    .argument('<a>', 'version or run')
    .argument('<b>', 'version or run')
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      '\nScores are compared only when both were measured on the same test images.\n\nExample:\n  npx wms model compare 2 3',
    )
    .action(async (a: string, b: string, flags: CompareFlags) => {
      const { runModelCompare } = await import('../run-model-compare.js');
      await runModelCompare(a, b, flags);
    });
}
