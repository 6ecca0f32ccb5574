import { Command, Option } from 'commander';
import type { ExitCode } from '../../errors.js';
import type { GateFlags } from '../run-model-gate.js';

export function modelGateCommand(finish: (code: ExitCode) => void): Command {
  return new Command('gate')
    .description('Decide whether a new model is better than Production, on the same test images.')
    .requiredOption(
      '--candidate <file>',
      'the new model (ONNX); model.json and metrics.json beside it are read',
    )
    .option('--baseline <file>', 'compare with this model instead of Production')
    .option('--images <directory>', 'test images, instead of the test split of the dataset')
    .option('--masks <directory>', 'their masks')
    .addOption(
      new Option('--json', 'print the verdict and every image’s scores as JSON').conflicts('markdown'),
    )
    .option('--markdown', 'print a comment for a pull request')
    .option('--html <file>', 'write a page with the images that changed most')
    .addHelpText(
      'after',
      '\nEnds with 0 when the new model passes, with 10 when it is not better, with 11 when that cannot be decided.\nThe verdict is kept for: npx wms model promote\n\nExamples:\n  npx wms model gate --candidate out/model.onnx --html gate.html\n  npx wms model gate --candidate new.onnx --baseline old.onnx --images test/images --masks test/masks',
    )
    .action(async (flags: GateFlags) => {
      const { runModelGate } = await import('../run-model-gate.js');
      finish(await runModelGate(flags));
    });
}
