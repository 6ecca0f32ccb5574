import { Command } from 'commander';
import { PACKAGE_ROOT } from '../../config/package-root.js';
import type { InitOptions } from '../../init/answers.pure.js';

const HELP = `
Paths are relative to the top of the repository. Without a terminal, and with --yes, defaults are taken.
Run again, it changes only what an option names.

Examples
  npx wms init
  npx wms init --yes --store s3://wms-dvc-data/dvc --region us-east-1
  npx wms init --yes --images data/photos --masks data/masks --branch trunk
  npx wms init --update
  npx wms init --uninstall
`;

export function initCommand(): Command {
  return new Command('init')
    .description('Set this repository up: settings, store, pre-push hook and workflows')
    .option('--images <directory>', 'directory of the images (default: data/training/images)')
    .option('--masks <directory>', 'directory of the masks (default: data/training/masks)')
    .option(
      '--store <place>',
      'a directory, or s3://bucket/prefix (default: a directory beside the repository)',
    )
    .option('--model <file>', 'the Production model (default: models/production.onnx)')
    .option('--branch <name>', "branch that never holds raw files (default: the remote's main branch)")
    .option('--endpoint-url <url>', 'S3: address of a server that is not AWS')
    .option('--region <name>', 'S3: region of the bucket')
    .option('--profile <name>', 'S3: profile in ~/.aws/config and ~/.aws/credentials')
    .option('--yes', 'ask nothing, take defaults')
    .option('--workflows', 'write workflows for GitHub (default: where the remote is there)')
    .option('--no-workflows', 'write none')
    .option('--update', 'bring workflows up to date after an update of the package; asks about changed ones')
    .option('--uninstall', 'take hook and workflows out again; settings and data stay')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json, ...options }: InitOptions & { json?: boolean }) => {
      const { isOnGithub, openPrompter, openRepository } = await import('../../compose.js');
      const { runInit } = await import('../../init/init.js');
      const { renderSummary } = await import('../../init/summary.pure.js');
      const git = await openRepository(process.cwd());
      const result = await runInit({
        git,
        prompter: openPrompter(),
        options,
        packageRoot: PACKAGE_ROOT,
        env: process.env,
        onGithub: await isOnGithub(git),
        show: (text) => void process.stderr.write(text),
      });
      process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : renderSummary(result));
    });
}
