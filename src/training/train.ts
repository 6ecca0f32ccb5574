import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { localError } from '../clone/local-error.js';
import { tellError } from '../errors.js';
import { CommandEnded, Interrupted } from './command/command-ended.js';
import type { TrainJob, TrainOptions, TrainTools } from './job.js';
import { PIPELINE } from './pipeline.js';
import { makeRunDirectory } from './run-directory.js';
import { readStatus, type TrainStatus } from './status.js';
import { StatusBoard } from './status-board.js';
import { DATA } from './steps/files.js';
import { DoneBefore } from './steps/run.js';

/**
 * Runs the command once, under the training contract (docs/train.md). Answers the status that it came to: `finished`,
 * or `skipped` with what is known of the earlier run. Throws what failed, after it was written down; a CommandEnded
 * when the command is to blame.
 */
export async function train(
  tools: TrainTools,
  options: TrainOptions,
  signal: AbortSignal,
): Promise<TrainStatus> {
  const { git, config, clock } = tools;
  const directory = await makeRunDirectory(git, config.train.output, clock.now(), options.candidate);
  const status = firstStatus(tools, options, directory);
  const place = relative(options.cwd, directory) || '.';
  const job: TrainJob = { tools, options, directory, place, signal, findings: {}, status };
  const board = new StatusBoard(tools, await git.resolveCommit('HEAD'));
  try {
    for (const step of PIPELINE) {
      signal.throwIfAborted();
      status.stage = step.title;
      await board.write(status);
      const report = tools.reporter.step(step.title);
      try {
        await step.run(job, report);
      } catch (error) {
        if (error instanceof DoneBefore) report.skipped(`done before: ${error.earlier}`);
        else report.failed('');
        throw error;
      }
    }
    status.outcome = 'finished';
    await board.write(status);
    return status;
  } catch (thrown) {
    if (thrown instanceof DoneBefore) return await skipped(job, thrown);
    const error = localError(thrown, directory);
    status.outcome = 'failed';
    status.error = tellError(error);
    if (error instanceof CommandEnded) status.error.exitCode = error.exitStatus;
    await endTracked(job, error instanceof Interrupted ? 'KILLED' : 'FAILED');
    await board.write(status).catch(() => undefined);
    throw error;
  } finally {
    await rm(join(directory, DATA), { recursive: true, force: true });
  }
}

function firstStatus(tools: TrainTools, options: TrainOptions, directory: string): TrainStatus {
  const now = tools.clock.now().toISOString();
  const { tracking, config } = tools;
  return {
    version: 1,
    outcome: 'running',
    stage: '',
    startedAt: now,
    updatedAt: now,
    directory,
    command: [...options.command],
    code: null,
    candidate: options.candidate,
    group: options.group,
    key: null,
    tracking:
      tracking === null ? null : { uri: tracking.url, experiment: config.tracking.experiment, runId: null },
    data: null,
    split: null,
    result: null,
    error: null,
  };
}

async function skipped(job: TrainJob, { earlier }: DoneBefore): Promise<TrainStatus> {
  await rm(job.directory, { recursive: true, force: true });
  const before = await readStatus(earlier);
  return { ...(before ?? job.status), outcome: 'skipped' };
}

/** The failure itself is what a person reads; that the server was gone, too, adds nothing. */
async function endTracked(job: TrainJob, outcome: 'FAILED' | 'KILLED'): Promise<void> {
  const { tracking, clock } = job.tools;
  const { run } = job.findings;
  if (tracking === null || run === undefined || run === null) return;
  await tracking.endRun(run.id, outcome, clock.now().getTime()).catch(() => undefined);
}
