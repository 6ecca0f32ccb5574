import type { Config } from '../config/schema.js';
import type { DatasetTools } from '../dataset/tools.js';
import type { Clock } from '../ports/clock.js';
import type { CommandRunner } from '../ports/command-runner.js';
import type { GitRepository } from '../ports/git-repository.js';
import type { ModelRunner } from '../ports/model-runner.js';
import type { Reporter } from '../ports/reporter.js';
import type { StoreNotes } from '../ports/store-notes.js';
import type { Timing } from '../ports/timing.js';
import type { TrackedRun, TrackingServer } from '../ports/tracking-server.js';
import type { DataSource } from './data/source.js';
import type { TrainingPair } from './split/pair.js';
import type { SplitRecord } from './split/record.js';
import type { Sampling } from './split/sampling.pure.js';
import type { TrainStatus } from './status.js';

/** What training needs from the outside. */
export interface TrainTools {
  readonly git: GitRepository;
  readonly config: Config;
  readonly runner: ModelRunner;
  readonly commands: CommandRunner;
  /** Null: none is configured. */
  readonly tracking: TrackingServer | null;
  /** Null: no store is configured. */
  readonly notes: StoreNotes | null;
  /** The dataset and its store; opened only where `--data` does not take their place. */
  readonly openDataset: () => Promise<DatasetTools>;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shows a person what the command prints. */
  readonly show: (chunk: Buffer) => void;
}

export interface TrainOptions {
  /** At least one word. */
  readonly command: readonly string[];
  /** Where the command was typed, absolute: there it runs. */
  readonly cwd: string;
  readonly revision: string;
  /** Instead of a revision: a directory with `images` and `masks`. */
  readonly data: string | null;
  readonly sampling: Sampling | null;
  readonly seed: string;
  readonly salt: string;
  /** Train although the same run has finished before. */
  readonly force: boolean;
  /** Milliseconds; null: no limit. */
  readonly timeout: number | null;
  readonly candidate: string | null;
  readonly group: string | null;
}

/** A plain training of what is checked out. */
export const PLAIN_TRAINING = {
  revision: 'HEAD',
  data: null,
  sampling: null,
  seed: '0',
  salt: '',
  force: false,
  timeout: null,
  candidate: null,
  group: null,
} as const satisfies Partial<TrainOptions>;

/** What the steps find out, each for the ones that need it. */
export interface Findings {
  /** Full path of the program. */
  program: string;
  /** Null: no tracking server. */
  experimentId: string | null;
  source: DataSource;
  pairs: readonly TrainingPair[];
  unpaired: readonly string[];
  split: SplitRecord;
  /** Pairs of this run, all splits. */
  chosen: readonly TrainingPair[];
  testPairs: readonly TrainingPair[];
  key: string;
  /** Null: no tracking server. */
  run: TrackedRun | null;
}

export interface TrainJob {
  readonly tools: TrainTools;
  readonly options: TrainOptions;
  /** Absolute; holds model, log, split and status of this run. */
  readonly directory: string;
  /** The same for people, from where the command was typed. */
  readonly place: string;
  readonly signal: AbortSignal;
  readonly findings: Partial<Findings>;
  /** What the next status file will say. */
  status: TrainStatus;
}

/** A finding of a step that has run before. */
export function found<K extends keyof Findings>(job: TrainJob, key: K): Findings[K] {
  const value = job.findings[key];
  if (value === undefined) throw new Error(`the step that finds ${key} has not run`);
  return value as Findings[K];
}
