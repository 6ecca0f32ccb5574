import { Command } from 'commander';
import type { EditFlags } from '../run-data-edit.js';
import { withEditOptions } from './data-edit-options.js';

const HELP = `
Without names, the dataset becomes what it was in that revision: pairs that came later are taken out, after a
question. With names, these pairs become what they were, and no other one changes. The command is the consent to
replace images and masks that have other bytes now. The change is published as a new data branch; no file of yours is
touched.

Examples:
  npx wms data restore HEAD~3 --dry-run
  npx wms data restore 1a2b3c4d meter_0412 "2026-05/**"
`;

export function dataRestoreCommand(): Command {
  const command = new Command('restore')
    .description('Bring back an earlier version of the dataset, or pairs of it, as a new data branch.')
    .argument('<revision>', 'commit, tag, branch or branch of the remote that has the version')
    .argument('[pair...]', 'paths or patterns of images or masks of that version');
  return withEditOptions(command)
    .addHelpText('after', HELP)
    .action(async (revision: string, names: string[], flags: EditFlags) => {
      const { runDataRestore } = await import('../run-data-edit.js');
      await runDataRestore(revision, names, flags);
    });
}
