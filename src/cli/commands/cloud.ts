import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';
import { cloudConnectCommand } from './cloud-connect.js';
import { cloudDeployCommand } from './cloud-deploy.js';
import { cloudLeaseCommand } from './cloud-lease.js';
import { cloudLogsCommand } from './cloud-logs.js';
import { cloudStatusCommand } from './cloud-status.js';
import { cloudStopCommand } from './cloud-stop.js';

export function cloudCommand(finish: (code: number) => void): Command {
  return new Command('cloud')
    .description('Cloud sessions: MLflow and the Production model for some hours.')
    .addCommand(cloudDeployCommand())
    .addCommand(cloudStopCommand(finish as (code: ExitCode) => void))
    .addCommand(cloudStatusCommand())
    .addCommand(cloudConnectCommand(finish))
    .addCommand(cloudLeaseCommand(finish))
    .addCommand(cloudLogsCommand());
}
