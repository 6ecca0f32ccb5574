import { Command } from 'commander';
import type { DeployFlags } from '../run-cloud-deploy.js';
import { engineOption, hours } from './cloud-options.js';

export function cloudDeployCommand(): Command {
  return new Command('deploy')
    .description('Open a session with MLflow and the Production model, or join the one that is open.')
    .option('--hours <number>', 'how long a new session lasts (default: cloud.hours, 4)', hours)
    .option('--extend <hours>', 'let the open session last so much longer', hours)
    .option('--size <name>', 'size of a new machine (default: cloud.size, t3.large)')
    .option('--region <name>', 'where a new machine is (default: cloud.region, us-east-1)')
    .addOption(engineOption())
    .option('--yes', 'do not ask')
    .option('--json', 'print the session as JSON')
    .addHelpText(
      'after',
      '\nShows what it costs and asks. The machine ends by itself at its deadline, whatever happens here.\nRun again, it finds the session that is open and prints the same page.\n\nExamples:\n  npx wms-deploy\n  npx wms-deploy --hours 2 --yes\n  npx wms-deploy --extend 1\n  npx wms-deploy --engine local',
    )
    .action(async (flags: DeployFlags) => {
      const { runCloudDeploy } = await import('../run-cloud-deploy.js');
      await runCloudDeploy(flags);
    });
}
