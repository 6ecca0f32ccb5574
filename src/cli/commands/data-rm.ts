import { Command } from 'commander';
import type { EditFlags } from '../run-data-edit.js';
import { withEditOptions } from './data-edit-options.js';

const HELP = `
A pair goes as a whole, whichever of its two files is named. Names are paths below the dataset directories or paths
from here, with or without extension; quote patterns. The change is published as a new data branch. No file of yours
is touched, and nothing is deleted from the store: npx wms data restore brings pairs back.

Examples:
  npx wms data rm meter_0412 --message "blurred"
  npx wms data rm data/training/masks/meter_0412.png
  npx wms data rm "2026-05/**" --dry-run
`;

export function dataRmCommand(): Command {
  const command = new Command('rm')
    .description('Take pairs out of the dataset, as a new data branch.')
    .argument('<pair...>', 'paths or patterns of images or masks');
  return withEditOptions(command)
    .addHelpText('after', HELP)
    .action(async (names: string[], flags: EditFlags) => {
      const { runDataRm } = await import('../run-data-edit.js');
      await runDataRm(names, flags);
    });
}
