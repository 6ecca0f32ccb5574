import { Command } from 'commander';
import type { BaselineFlags } from '../run-model-baseline.js';

export function modelBaselineCommand(): Command {
  return new Command('baseline')
    .description('Tell which model is Production: what new ones must beat.')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nEnds with 0 only when the registry answered, be it "none yet"; with 4 or 5 when it could not be asked.\n\nExample:\n  npx wms model baseline --json',
    )
    .action(async (flags: BaselineFlags) => {
      const { runModelBaseline } = await import('../run-model-baseline.js');
      await runModelBaseline(flags);
    });
}
