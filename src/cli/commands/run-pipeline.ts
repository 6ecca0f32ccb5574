import { Command } from 'commander';
import type { CiFlags } from '../run-ci.js';

export function runPipelineCommand(finish: (code: number) => void): Command {
  return new Command('run-pipeline')
    .description('Do here what the workflow does: all jobs of the data branch that is checked out.')
    .usage('[options] [-- COMMAND…]')
    .argument('[command...]', 'how to train, behind -- (default: train.command of the settings)')
    .option('--json', 'print the outcome of every job as JSON')
    .addHelpText(
      'after',
      '\nEnds with 0 when the branch is merged, with 10 when the model is not better, with 11 when that cannot be decided.\nKilled in the middle? Run it again.\n\nExample:\n  git switch data/20261121-101500 && npx wms run-pipeline',
    )
    .action(async (command: string[], flags: CiFlags) => {
      const { runPipeline } = await import('../run-ci.js');
      finish(await runPipeline({ branch: null, command, flags }));
    });
}
