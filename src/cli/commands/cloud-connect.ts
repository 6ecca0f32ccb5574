import { Command, InvalidArgumentError } from 'commander';
import { EXIT, type ExitCode } from '../../errors.js';
import type { ConnectFlags } from '../run-cloud-connect.js';

function address(text: string): string {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be one IPv4 address, as 198.51.100.7.');
}

export function cloudConnectCommand(finish: (code: ExitCode) => void): Command {
  return new Command('connect')
    .description("Reach MLflow and the model API of the session's machine from here.")
    .option('--from <address>', 'public IPv4 address of this machine; found out where it is needed', address)
    .option('--json', 'print { "session", "way", "mlflow", "api" } on standard output when it is open')
    .addHelpText(
      'after',
      '\nEnds with Ctrl-C. Being connected is no use of the session: without requests it ends as an idle one does.\n\nExample:\n  npx wms cloud connect',
    )
    .action(async (flags: ConnectFlags) => {
      const { runCloudConnect } = await import('../run-cloud-connect.js');
      await runCloudConnect(flags);
      finish(EXIT.done);
    });
}
