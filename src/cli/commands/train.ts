import { Command } from 'commander';
import type { TrainFlags } from '../train-flags.js';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function trainCommand(finish: (code: number) => void): Command {
  return new Command('train')
    .description('Run a training command once, under the training contract.')
    .usage('[options] -- COMMAND…')
    .argument('[command...]', 'the command, behind --')
    .option('--rev <revision>', 'train on this version of the dataset (default: HEAD)')
    .option('--data <directory>', 'train on images/ and masks/ there instead')
    .option('--max-images <count>', 'only that many pairs, in the proportions of the split')
    .option('--strategy <name>', 'how they are chosen: head or random', 'random')
    .option('--seed <text>', 'for --strategy random, and WMS_SEED of the command', '0')
    .option('--salt <text>', 'makes the same training another run', '')
    .option('--force', 'train although the same run has finished before')
    .option('--timeout <minutes>', 'end the command after so long')
    .option(
      '--candidate <name>',
      'run the command once for this candidate (WMS_CANDIDATE); repeatable',
      collect,
    )
    .option('--group <id>', 'candidates that are trained one by one, and judged together')
    .option('--expect <name>', 'the decision on the group waits for this candidate; repeatable', collect)
    .option('--close-stale', 'first close RUNNING runs of killed trainings on the tracking server')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nEnds with the exit code of the command, or 124 when it hung. All about the contract: docs/train.md\n\nExamples:\n  npx wms train -- python train.py --epochs 50\n  npx wms train --max-images 40 --timeout 5 -- python train.py --epochs 1\n  npx wms train --candidate unet --candidate deeplab -- ./train.sh',
    )
    .addCommand(uploadCommand())
    .action(async (command: string[], flags: TrainFlags) => {
      const { runTrain } = await import('../run-train.js');
      finish(await runTrain(command, flags));
    });
}

function uploadCommand(): Command {
  return new Command('upload')
    .description('Send a finished run to the tracking server, where that had failed before.')
    .argument('<directory>', 'of the run, e.g. runs/20261124-173355')
    .addHelpText('after', '\nExample:\n  npx wms train upload runs/20261124-173355')
    .action(async (directory: string) => {
      const { runTrainUpload } = await import('../run-train-upload.js');
      await runTrainUpload(directory);
    });
}
