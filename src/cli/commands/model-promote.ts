import { Command } from 'commander';
import type { PromoteFlags } from '../run-model-promote.js';

export function modelPromoteCommand(): Command {
  return new Command('promote')
    .description('Make a model Production that the gate has let through.')
    .argument('<model>', 'ONNX file, directory of a run, or version or run of the registry')
    .option('--dry-run', 'tell what would be done, and change nothing')
    .option('--reason <text>', "for the history (default: the gate's)")
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nWhat counts is the last verdict of the gate in this clone on these very bytes, and that Production is still the\nmodel that it was compared with. Killed in the middle? Run it again.\n\nExamples:\n  npx wms model gate --candidate new/model.onnx && npx wms model promote new/model.onnx\n  npx wms model promote 3 --dry-run',
    )
    .action(async (model: string, flags: PromoteFlags) => {
      const { runModelPromote } = await import('../run-model-promote.js');
      await runModelPromote(model, flags);
    });
}
