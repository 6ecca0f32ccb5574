import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';

export function mlflowCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('mlflow').description('The MLflow server.');
  command
    .command('check')
    .description('Test the server as training uses it: health, experiment, run with a metric, read back.')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      '\nThe server is that of MLFLOW_TRACKING_URI, else tracking.uri in wms.config.json. One that sleeps gets up to five\nattempts. A finished run "wms mlflow check" stays in the experiment.\n\nExample:\n  MLFLOW_TRACKING_URI=http://127.0.0.1:5000 npx wms mlflow check',
    )
    .action(async (flags: { json?: true }) => {
      const { runMlflowCheck } = await import('../run-mlflow-check.js');
      finish(await runMlflowCheck(flags));
    });
  return command;
}
