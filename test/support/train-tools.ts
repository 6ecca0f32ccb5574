import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { openOnnxRunner } from '../../src/adapters/onnx/runner.js';
import { openCommandRunner } from '../../src/adapters/process/runner.js';
import { realTiming } from '../../src/adapters/timing.js';
import { parseConfig } from '../../src/config/load.js';
import { PLAIN_TRAINING, type TrainOptions, type TrainTools } from '../../src/training/job.js';
import { isolatedEnv } from './scratch.js';
import { silentReporter } from './silent-reporter.js';
import type { Team } from './team.js';

export interface TestTools extends TrainTools {
  readonly reporter: ReturnType<typeof silentReporter>;
}

/** Training with real Git, processes and models, on a directory of pairs; no tracking server unless given. */
export async function trainTools(team: Team, changes: Partial<TrainTools> = {}): Promise<TestTools> {
  return {
    git: await openGitRepository({ cwd: team.clone, env: isolatedEnv() }),
    config: parseConfig('{}', 'test'),
    runner: openOnnxRunner(),
    commands: openCommandRunner(),
    tracking: null,
    notes: openDirectoryNotes({ path: team.store }),
    openDataset: () => Promise.reject(new Error('the data is in a directory')),
    clock: { now: () => new Date() },
    timing: realTiming,
    env: isolatedEnv(),
    show: () => undefined,
    ...changes,
    reporter: silentReporter(),
  };
}

export function trainOptions(team: Team, data: string, changes: Partial<TrainOptions> = {}): TrainOptions {
  return { ...PLAIN_TRAINING, command: ['./train.sh', 'good'], cwd: team.clone, data, ...changes };
}
