import { join } from 'node:path';
import { openReporter, openRepository, openTrainTools, requireConfig } from '../compose.js';
import { EXIT } from '../errors.js';
import { CommandEnded } from '../training/command/command-ended.js';
import { type Group, judgeGroup } from '../training/group/group.js';
import type { TrainTools } from '../training/job.js';
import { closeStaleRuns } from '../training/stale-runs.js';
import type { TrainStatus } from '../training/status.js';
import { train } from '../training/train.js';
import { listenForSignals } from './listen-for-signals.js';
import { printError } from './print-error.js';
import { type TrainFlags, trainOptions } from './train-flags.js';
import { describeGroup, describeRun } from './train-summary.js';
import { whileLeased } from './while-leased.js';

/** The exit code: that of the command, where it is to blame. */
export async function runTrain(command: readonly string[], flags: TrainFlags): Promise<number> {
  const cwd = process.cwd();
  const options = command.length === 0 && flags.closeStale ? null : trainOptions(command, flags, cwd);
  const git = await openRepository(cwd);
  const config = await requireConfig(git);
  const reporter = await openReporter();
  const tools = await openTrainTools(git, config, flags.data === undefined, reporter);
  const stop = listenForSignals();
  try {
    if (flags.closeStale) await closeStale(tools);
    if (options === null) return EXIT.done;
    const candidates = flags.candidate ?? [null];
    const group = flags.group ?? (candidates.length > 1 ? newGroup(tools) : null);
    const runs: TrainStatus[] = [];
    let code: number = EXIT.done;
    for (const candidate of candidates) {
      const name = candidate === null ? '' : ` · candidate ${candidate}`;
      reporter.heading(`training${name}`);
      try {
        const what = `trains: ${command.join(' ')}`;
        const run = await whileLeased(git, config, what, () =>
          train(tools, { ...options, candidate, group }, stop.signal),
        );
        runs.push(run);
        reporter.note(describeRun(run, cwd));
      } catch (error) {
        // The other candidates may still come to something.
        if (candidates.length === 1 || stop.signal.aborted) throw error;
        const failed = failure(error);
        if (code === EXIT.done) code = failed;
      }
    }
    const judged = group === null ? null : await judge(tools, flags, group, runs);
    if (flags.json) {
      process.stdout.write(
        `${JSON.stringify(judged === null ? runs[0] : { runs, group: judged }, null, 2)}\n`,
      );
    }
    if (code !== EXIT.done || judged?.decision.decision !== 'undecided') return code;
    return EXIT.gateUndecided;
  } catch (error) {
    reporter.close();
    return failure(error);
  } finally {
    stop.forget();
    reporter.close();
  }
}

function failure(error: unknown): number {
  const code = printError(error, (text) => void process.stderr.write(text));
  return error instanceof CommandEnded ? error.exitStatus : code;
}

async function closeStale({ tracking, config, clock, reporter }: TrainTools): Promise<void> {
  const step = reporter.step('Stale runs');
  if (tracking === null) return step.skipped('no tracking server is configured');
  const { id } = await tracking.openExperiment(config.tracking.experiment);
  const closed = await closeStaleRuns(tracking, id, clock.now());
  if (closed.length === 0) step.skipped('there are none');
  else step.done(`closed: ${closed.map(({ name, id: run }) => `${name} (${run})`).join(', ')}`);
}

async function judge(
  { git, config, notes, reporter }: TrainTools,
  { candidate = [], expect }: TrainFlags,
  id: string,
  own: readonly TrainStatus[],
): Promise<Group> {
  const { candidates } = config.train;
  const group = await judgeGroup({
    id,
    expected: expect ?? (candidates.length > 0 ? candidates : candidate),
    root: join(git.topLevel, config.train.output),
    own,
    notes,
    commit: await git.resolveCommit('HEAD'),
  });
  reporter.note(describeGroup(group, process.cwd()));
  return group;
}

function newGroup({ clock }: TrainTools): string {
  return clock.now().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
}
