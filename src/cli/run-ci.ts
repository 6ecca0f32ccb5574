import { join } from 'node:path';
import { CI_STEPS } from '../ci/pipeline.js';
import type { CiStep, StepOutcome } from '../ci/step.js';
import { findTarget } from '../ci/target.js';
import type { CiTools } from '../ci/tools.js';
import { withLock } from '../clone/lock.js';
import { stateDirectory } from '../clone/state.js';
import { openCiRepository, openCiTools, openReporter, requireConfig } from '../compose.js';
import { CommandEnded } from '../training/command/command-ended.js';
import { listenForSignals } from './listen-for-signals.js';
import { print } from './model-tools.js';
import { printError } from './print-error.js';

export interface CiFlags {
  readonly json?: true;
}

/** The exit code: that of the training command, where it is to blame. */
export async function runCi(
  name: string,
  branch: string | null,
  command: readonly string[],
  { json }: CiFlags,
): Promise<number> {
  const step = CI_STEPS.find((each) => each.name === name) as CiStep;
  const git = await openCiRepository(process.cwd());
  const config = await requireConfig(git);
  const reporter = await openReporter();
  const stop = listenForSignals();
  try {
    const tools = await openCiTools(git, config, reporter);
    const target = await findTarget(tools, branch);
    reporter.heading(`${step.name} ${target.branch}`);
    const run = () => step.run(tools, target, { command, signal: stop.signal });
    const outcome = await locked(tools, step, run);
    reporter.close();
    print(json && outcome.facts, ['', ...outcome.lines]);
    return outcome.exitCode;
  } catch (error) {
    reporter.close();
    const code = printError(error, (text) => void process.stderr.write(text));
    return error instanceof CommandEnded ? error.exitStatus : code;
  } finally {
    stop.forget();
    reporter.close();
  }
}

/** Training takes long, and others may work in this clone meanwhile. */
function locked({ git }: CiTools, { name }: CiStep, run: () => Promise<StepOutcome>): Promise<StepOutcome> {
  return name === 'train' ? run() : withLock(join(stateDirectory(git.commonDir), 'lock'), run);
}
