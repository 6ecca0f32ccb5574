import { join } from 'node:path';
import { Interrupted } from '../command/command-ended.js';
import { commandEnvironment } from '../command/environment.pure.js';
import { commandFailure, duration } from '../command/failure.pure.js';
import { runWatcher } from '../command/look-around.js';
import { CommandOutput } from '../command/output.js';
import { supervise } from '../command/supervise.js';
import { found, type TrainJob } from '../job.js';
import type { Step } from '../step.js';
import { Watchdog } from '../watchdog.pure.js';
import { DATA } from './files.js';

const LOG = 'train.log';

/** The team's own command. What it prints goes to the terminal and into train.log. */
export const training: Step = {
  title: 'Training',
  async run(job, report) {
    const { tools, options, directory, signal } = job;
    const { timing, commands, config } = tools;
    const log = join(directory, LOG);
    const stall = config.train.stallMinutes * 60_000;
    const start = timing.now();
    const watchdog = new Watchdog({ stall, total: options.timeout }, start);
    const output = new CommandOutput(log, tools.show);
    const train = async () => {
      const running = commands.start({
        command: found(job, 'program'),
        args: options.command.slice(1),
        cwd: options.cwd,
        env: environmentOf(job),
        directory,
        grace: config.train.graceSeconds * 1000,
        onOutput: (chunk) => {
          watchdog.sign(timing.now());
          output.push(chunk);
        },
      });
      return supervise(running, {
        timing,
        watchdog,
        signal,
        stopWith: () => (signal.reason instanceof Interrupted ? signal.reason.signal : 'SIGTERM'),
        lookAround: watcherOf(job),
      });
    };
    const supervised = await tools.reporter.pausedFor(train).finally(() => output.close());
    signal.throwIfAborted();
    const { command } = options;
    const failure = commandFailure({
      command,
      ...supervised,
      lastLines: output.last.all(),
      log: join(job.place, LOG),
    });
    if (failure !== null) throw failure;
    const took = `${duration(timing.now() - start)} · ${join(job.place, LOG)}`;
    if (output.logFailure === null) report.done(took);
    else report.warned(`${took} is not complete: ${output.logFailure}`);
  },
};

function watcherOf(job: TrainJob): () => Promise<boolean> {
  const { tracking, timing, clock } = job.tools;
  const run = found(job, 'run');
  if (tracking === null || run === null) return async () => false;
  return runWatcher(tracking, run, timing, () => clock.now());
}

function environmentOf(job: TrainJob): Record<string, string> {
  const { tools, options, directory } = job;
  const run = found(job, 'run');
  return commandEnvironment(tools.env, {
    dataDirectory: join(directory, DATA),
    splitFile: join(directory, 'split.json'),
    outputDirectory: directory,
    seed: options.seed,
    key: found(job, 'key'),
    maxImages: options.sampling?.maxImages ?? null,
    candidate: options.candidate,
    tracking:
      tools.tracking === null || run === null
        ? null
        : { uri: tools.tracking.url, experiment: tools.config.tracking.experiment, runId: run.id },
  });
}
