import { Command } from 'commander';
import type { MetadataFlags } from '../run-model-metadata.js';

export function modelMetadataCommand(): Command {
  return new Command('metadata')
    .description('Bring model-metadata.json in the working tree to what is Production.')
    .option('--check', 'write nothing; end with 6 when it tells something else')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nExample:\n  npx wms model metadata --check')
    .action(async (flags: MetadataFlags) => {
      const { runModelMetadata } = await import('../run-model-metadata.js');
      await runModelMetadata(flags);
    });
}
