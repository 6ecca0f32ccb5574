import { Command, CommanderError } from 'commander';
import { localError } from '../clone/local-error.js';
import { packageVersion } from '../config/package-version.js';
import { EXIT } from '../errors.js';
import { addCommand } from './commands/add.js';
import { ciCommand } from './commands/ci.js';
import { cloudCommand } from './commands/cloud.js';
import { dataCommand } from './commands/data.js';
import { hookCommand } from './commands/hook.js';
import { initCommand } from './commands/init.js';
import { loginCommand } from './commands/login.js';
import { mergeDriverCommand } from './commands/merge-driver.js';
import { mlflowCommand } from './commands/mlflow.js';
import { modelCommand } from './commands/model.js';
import { publishCommand } from './commands/publish.js';
import { runPipelineCommand } from './commands/run-pipeline.js';
import { serveCommand } from './commands/serve.js';
import { statusCommand } from './commands/status.js';
import { syncCommand } from './commands/sync.js';
import { trainCommand } from './commands/train.js';
import { printError } from './print-error.js';

/** Runs one command line; the result is the process's exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  const finish = (value: number) => {
    code = value;
  };
  const program = new Command('wms')
    .description('Push your images; get a pull request with a trained model.')
    .version(packageVersion())
    .showHelpAfterError('→ npx wms --help')
    .addCommand(initCommand())
    .addCommand(addCommand())
    .addCommand(publishCommand(finish))
    .addCommand(statusCommand())
    .addCommand(syncCommand())
    .addCommand(dataCommand(finish))
    .addCommand(trainCommand(finish))
    .addCommand(mlflowCommand(finish))
    .addCommand(modelCommand(finish))
    .addCommand(ciCommand(finish))
    .addCommand(runPipelineCommand(finish))
    .addCommand(serveCommand(finish))
    .addCommand(cloudCommand(finish))
    .addCommand(loginCommand())
    .addCommand(hookCommand(finish), { hidden: true })
    .addCommand(mergeDriverCommand(), { hidden: true });
  throwInsteadOfExit(program);
  process.stdout.on('error', ignoreClosedPipe);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return printError(localError(error), (text) => process.stderr.write(text));
  }
}

/** commander ends the process on its own otherwise, with exit codes of its own. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwInsteadOfExit(subcommand);
}

/** `wms data log | head`: whoever reads has read enough. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
