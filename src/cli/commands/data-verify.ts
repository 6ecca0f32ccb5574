import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';
import type { VerifyFlags } from '../run-data-verify.js';

export function dataVerifyCommand(finish: (code: ExitCode) => void): Command {
  return new Command('verify')
    .description('Check that the store has every object of a version of the dataset.')
    .argument('[revision]', 'commit, tag, branch or branch of the remote', 'HEAD')
    .option('--deep', 'read every object and compare its MD5')
    .option('--repair', 'put back what is missing or corrupt, from the cache or the working tree')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npx wms data verify\n  npx wms data verify origin/main --deep --repair',
    )
    .action(async (revision: string, flags: VerifyFlags) => {
      const { runDataVerify } = await import('../run-data-verify.js');
      finish(await runDataVerify(revision, flags));
    });
}
