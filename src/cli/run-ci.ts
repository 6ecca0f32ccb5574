import { join } from 'node:path';
import { CI_STEPS } from '../ci/pipeline.js';
import { readRecord } from '../ci/record.js';
import type { CiStep, StepOutcome } from '../ci/step.js';
import { type CiTarget, findTarget } from '../ci/target.js';
import type { CiTools } from '../ci/tools.js';
import { withLock } from '../clone/lock.js';
import { stateDirectory } from '../clone/state.js';
import { openCiRepository, openCiTools, openReporter, requireConfig } from '../compose.js';
import { EXIT, isWmsError } from '../errors.js';
import { CommandEnded } from '../training/command/command-ended.js';
import { listenForSignals } from './listen-for-signals.js';
import { githubRun, print } from './model-tools.js';
import { printError } from './print-error.js';

export interface CiFlags {
  readonly json?: true;
}

interface CiCall {
  /** Null: the one that is checked out. */
  readonly branch: string | null;
  /** Training command; none: that of the settings. */
  readonly command: readonly string[];
  readonly flags: CiFlags;
}

/** One job. The exit code: that of the training command, where it is to blame. */
export function runCi(name: string, call: CiCall): Promise<number> {
  return withTools(async (tools, signal) => {
    const step = CI_STEPS.find((each) => each.name === name) as CiStep;
    const target = await findOrFinished(tools, call);
    if (target === null) return EXIT.done;
    tools.reporter.heading(`${name} ${target.branch}`);
    const { facts, lines, exitCode } = await run(tools, step, target, call, signal);
    tools.reporter.close();
    print(call.flags.json && facts, ['', ...lines]);
    return exitCode;
  });
}

/** All jobs, as the workflow runs them. A model that is not better ends them like any other: with the last job. */
export function runPipeline(call: CiCall): Promise<number> {
  return withTools(async (tools, signal) => {
    const jobs: object[] = [];
    let exitCode: number = EXIT.done;
    let branch = call.branch;
    for (const step of CI_STEPS) {
      const target = await findOrFinished(tools, { ...call, branch });
      if (target === null) return EXIT.done;
      branch = target.branch;
      tools.reporter.heading(`${step.name} ${branch}`);
      const outcome = await run(tools, step, target, call, signal);
      tools.reporter.note(`\n${outcome.lines.join('\n')}\n`);
      jobs.push({ job: step.name, ...outcome.facts });
      exitCode = outcome.exitCode;
    }
    tools.reporter.close();
    if (call.flags.json) process.stdout.write(`${JSON.stringify({ branch, exitCode, jobs }, null, 2)}\n`);
    return exitCode;
  });
}

async function withTools(work: (tools: CiTools, signal: AbortSignal) => Promise<number>): Promise<number> {
  const git = await openCiRepository(process.cwd());
  const config = await requireConfig(git);
  const reporter = await openReporter();
  const stop = listenForSignals();
  try {
    return await work(await openCiTools(git, config, reporter), stop.signal);
  } catch (error) {
    reporter.close();
    const code = printError(error, (text) => void process.stderr.write(text));
    return error instanceof CommandEnded ? error.exitStatus : code;
  } finally {
    stop.forget();
    reporter.close();
  }
}

/** Null, and told: the branch is gone because it was finished. */
async function findOrFinished(tools: CiTools, { branch, flags }: CiCall): Promise<CiTarget | null> {
  try {
    return await findTarget(tools, branch);
  } catch (error) {
    const name = branch ?? (await tools.git.currentBranch());
    const isGone = isWmsError(error, 'ci/no-branch') && name !== null;
    if (!isGone || (await readRecord(tools.notes, name)).finishedAt === null) throw error;
    tools.reporter.close();
    print(flags.json && { outcome: 'finished-before', branch: name }, [
      `${name} was merged before. Nothing is left to do.`,
    ]);
    return null;
  }
}

/** Publishing locks by itself. Training takes long, and others may work in this clone meanwhile. */
function run(
  tools: CiTools,
  step: CiStep,
  target: CiTarget,
  { command }: CiCall,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const work = () => step.run(tools, target, { command, signal, githubRun: githubRun(process.env) });
  if (step.name === 'train' || step.name === 'ingest') return work();
  return withLock(join(stateDirectory(tools.git.commonDir), 'lock'), work);
}
