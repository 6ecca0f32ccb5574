import os from 'node:os';
import { join } from 'node:path';
import { openDirectoryCleaner } from './adapters/directory/cleaner.js';
import { openDirectoryIdentity } from './adapters/directory/identity.js';
import { openDirectoryNotes } from './adapters/directory/notes.js';
import { openDirectoryStore } from './adapters/directory/store.js';
import { openMergeWorktree } from './adapters/git/merge-worktree.js';
import { openGitRepository } from './adapters/git/repository.js';
import { openWholeHistory } from './adapters/git/whole-history.js';
import { githubRepository } from './adapters/github/place.pure.js';
import { postOverHttp } from './adapters/http/client.js';
import { openOnnxRunner } from './adapters/onnx/runner.js';
import { openCommandRunner } from './adapters/process/runner.js';
import { openS3 } from './adapters/s3/index.js';
import { openTerminalPrompter } from './adapters/terminal/prompter.js';
import { openTerminalReporter } from './adapters/terminal/reporter.js';
import { realTiming } from './adapters/timing.js';
import type { CiTools } from './ci/tools.js';
import { stateDirectory } from './clone/state.js';
import { readDvcCache, readDvcRemote } from './config/dvc-remote.js';
import { readConfigFile } from './config/load.js';
import { mergeDriver } from './config/merge-driver.pure.js';
import { packageDirectoryOf } from './config/package-directory.js';
import { builtFile, PACKAGE_ROOT } from './config/package-root.js';
import { packageVersion } from './config/package-version.js';
import { CONFIG_FILE, type Config } from './config/schema.js';
import { ObjectCache } from './dataset/cache/cache.js';
import { claimObjects } from './dataset/claims/claim.js';
import type { GcTools } from './dataset/gc/tools.js';
import { ensureMergeDriver } from './dataset/merge/ensure-driver.js';
import type { MergeTools } from './dataset/merge/tools.js';
import type { PullTools } from './dataset/pull/placing.js';
import type { DatasetTools } from './dataset/tools.js';
import { EXIT, WmsError } from './errors.js';
import { secretsOf } from './mask.pure.js';
import { type RegistryPlace, registryPlace } from './model/registry/place.js';
import type { Clock } from './ports/clock.js';
import type { CodeHost } from './ports/code-host.js';
import type { GitRepository } from './ports/git-repository.js';
import type { Identity } from './ports/identity.js';
import type { ModelRunner } from './ports/model-runner.js';
import type { ObjectId, ObjectStore } from './ports/object-store.js';
import type { Prompter } from './ports/prompter.js';
import type { Registry } from './ports/registry.js';
import type { Reporter } from './ports/reporter.js';
import type { StoreCleaner } from './ports/store-cleaner.js';
import type { StoreNotes } from './ports/store-notes.js';
import type { ThreadPool } from './ports/thread-pool.js';
import type { Timing } from './ports/timing.js';
import type { TrackingServer } from './ports/tracking-server.js';
import type { PublishTools } from './publish/job.js';
import type { ReadingThreads } from './publish/reading.js';
import type { Job, JobResult, ThreadStart } from './serve/jobs.js';
import type { ServeTools } from './serve/server.js';
import type { StatusTools } from './status/tools.js';
import type { TrainTools } from './training/job.js';

const realClock: Clock = { now: () => new Date() };

export function openRepository(cwd: string): Promise<GitRepository> {
  return openGitRepository({ cwd });
}

export function openPrompter(): Prompter {
  return openTerminalPrompter(process.env);
}

/** For what Git starts in the middle of its own work. */
export function openNobody(): Prompter {
  return openTerminalPrompter({ CI: '1' });
}

export function openReporter(): Promise<Reporter> {
  return openTerminalReporter(process.stderr, process.env);
}

/** Installs ONNX Runtime when a first model is loaded, and tells so. */
export function openModelRunner(reporter: Reporter): ModelRunner {
  return openOnnxRunner({ announce: (text) => reporter.note(`  ${text}`) });
}

/** Settings in the working tree, or null when there are none. */
export function readWorkingConfig(git: GitRepository): Promise<Config | null> {
  return readConfigFile(join(git.topLevel, CONFIG_FILE), CONFIG_FILE);
}

/** Settings in the working tree. Throws WmsError `config/missing` (exit code 2) when there are none. */
export async function requireConfig(git: GitRepository): Promise<Config> {
  const config = await readWorkingConfig(git);
  if (config !== null) return config;
  throw new WmsError({
    kind: 'config/missing',
    code: EXIT.usage,
    what: `${git.topLevel} has no ${CONFIG_FILE}.`,
    next: 'npx wms init',
  });
}

interface Store {
  readonly store: ObjectStore;
  readonly notes: StoreNotes;
  readonly cleaner: StoreCleaner;
  readonly identity: Identity;
  readonly ask: (() => Promise<void>) | null;
}

/** The store that `.dvc/config` names. `profile` takes the place of the AWS profile named there. */
export async function openStore(git: GitRepository, prompter: Prompter, profile?: string): Promise<Store> {
  const { env } = process;
  const remote = await readDvcRemote({ topLevel: git.topLevel, env, homedir: os.homedir() });
  if (remote.kind === 's3') {
    return openS3({ remote: profile === undefined ? remote : { ...remote, profile }, env, prompter });
  }
  return {
    store: openDirectoryStore(remote),
    notes: openDirectoryNotes(remote),
    cleaner: openDirectoryCleaner(remote),
    identity: openDirectoryIdentity(remote),
    ask: null,
  };
}

export async function openMergeTools(git: GitRepository, config: Config): Promise<MergeTools> {
  const { store, notes } = await openStore(git, openPrompter());
  const driver = mergeDriver(packageDirectoryOf(git.topLevel, PACKAGE_ROOT));
  await ensureMergeDriver(git, driver);
  return { git, merging: openMergeWorktree(git, process.env), config, store, notes, driver };
}

export async function openPublishTools(
  git: GitRepository,
  config: Config,
  prompter: Prompter,
): Promise<PublishTools> {
  await ensureMergeDriver(git, mergeDriver(packageDirectoryOf(git.topLevel, PACKAGE_ROOT)));
  const reporter = await openReporter();
  const runner = openModelRunner(reporter);
  const { store, notes, identity, ask } = await openStore(git, prompter);
  return {
    git,
    config,
    store,
    notes,
    identity,
    askCredentials: ask,
    runner,
    reporter,
    prompter,
    clock: realClock,
    openReading,
  };
}

export async function openDatasetTools(
  git: GitRepository,
  config: Config,
  prompter: Prompter,
): Promise<DatasetTools> {
  const cache = await readDvcCache({ topLevel: git.topLevel, env: process.env, homedir: os.homedir() });
  const { store } = await openStore(git, prompter);
  return { git, config, store, cache, reporter: await openReporter() };
}

/** More don't make a disk faster; a network's takes some at a time. */
const MOST_DISK_THREADS = 4;
/** Longest time for some objects, milliseconds. */
const DISK_LIMIT_MS = 10 * 60_000;

export async function openPullTools(
  git: GitRepository,
  config: Config,
  prompter: Prompter,
): Promise<PullTools> {
  const tools = await openDatasetTools(git, config, prompter);
  return {
    ...tools,
    openPlacing(start, busyCores) {
      const threads = Math.max(1, Math.min(os.availableParallelism() - busyCores, MOST_DISK_THREADS));
      return openDiskThreads('compose-pull-thread.js', start, threads);
    },
  };
}

function openReading(): Promise<ReadingThreads> {
  return openDiskThreads('compose-read-thread.js', null, 1);
}

/** `data`: what each thread is started with. */
async function openDiskThreads<Job, Result>(
  program: string,
  data: unknown,
  threads: number,
): Promise<ThreadPool<Job, Result>> {
  const { openThreadPool } = await import('./adapters/threads/pool.js');
  return openThreadPool({
    program: builtFile(program),
    data,
    threads,
    jobsPerThread: 2,
    limitMs: DISK_LIMIT_MS,
  });
}

export function openTiming(): Timing {
  return realTiming;
}

/** The server that runs are tracked on; null when none is set up. */
export async function openTracking(config: Config): Promise<TrackingServer | null> {
  const { openMlflow } = await import('./adapters/mlflow/index.js');
  return openMlflow({ config, env: process.env })?.tracking ?? null;
}

/** WmsError (exit code 2) for what needs a server where none is set up. */
export function trackingNotConfigured(): WmsError {
  return new WmsError({
    kind: 'tracking/not-configured',
    code: EXIT.usage,
    what: 'No MLflow server is set up.',
    why: `Neither MLFLOW_TRACKING_URI nor tracking.uri in ${CONFIG_FILE} names one.`,
    next: `Write "tracking": { "uri": "http://…" } into ${CONFIG_FILE}, or set MLFLOW_TRACKING_URI.`,
  });
}

export async function openStatusTools(git: GitRepository, config: Config): Promise<StatusTools> {
  const cache = await readDvcCache({ topLevel: git.topLevel, env: process.env, homedir: os.homedir() });
  let store: Promise<Store> | undefined;
  const open = () => {
    store ??= openStore(git, openNobody());
    return store;
  };
  return {
    git,
    config,
    cache,
    openStore: async () => (await open()).store,
    openSessionNotes: async () => [(await open()).notes, localSessionNotes(git)],
    clock: realClock,
  };
}

/** Below the clone's Git directory: a session of this computer is no matter of the team's. */
export function localDirectory({ commonDir }: GitRepository): string {
  return join(stateDirectory(commonDir), 'local');
}

export function localSessionNotes(git: GitRepository): StoreNotes {
  return openDirectoryNotes({ path: localDirectory(git) });
}

/**
 * Where the team's model versions and its Production model are. Throws WmsError `tracking/not-configured` (exit code 2)
 * when that is a server, and none is set up.
 */
export async function openRegistry(
  git: GitRepository,
  config: Config,
  prompter: Prompter,
  branch?: RegistryPlace,
): Promise<Registry> {
  if (config.registry.kind === 'mlflow') {
    const { openMlflow } = await import('./adapters/mlflow/index.js');
    const registry = openMlflow({ config, env: process.env })?.registry;
    if (registry === undefined) throw trackingNotConfigured();
    return registry;
  }
  const tools = {
    git,
    config,
    openStore: async () => (await openStore(git, prompter)).store,
    countOn: async (ids: readonly ObjectId[]) => claimObjects((await openStore(git, prompter)).notes, ids),
    clock: realClock,
    timing: realTiming,
  };
  const { openGitRegistry } = await import('./model/registry/git-registry.js');
  return openGitRegistry(tools, branch);
}

/** `also`: directories of other clones whose objects are in the same store. */
export async function openGcTools(
  git: GitRepository,
  also: readonly string[],
  prompter: Prompter,
): Promise<GcTools> {
  const { store, notes, cleaner } = await openStore(git, prompter);
  const all = [git, ...(await Promise.all(also.map(openRepository)))];
  const each = [...new Map(all.map((clone) => [clone.commonDir, clone])).values()];
  const cacheOf = async ({ topLevel }: GitRepository) =>
    new ObjectCache(await readDvcCache({ topLevel, env: process.env, homedir: os.homedir() }));
  return {
    clones: each.map((clone) => ({ git: clone, history: openWholeHistory(clone, process.env) })),
    store,
    notes,
    cleaner,
    caches: await Promise.all(each.map(cacheOf)),
    reporter: await openReporter(),
    prompter,
  };
}

/** `needsStore`: the data comes from there; otherwise training goes without one where none is set up. */
export async function openTrainTools(
  git: GitRepository,
  config: Config,
  needsStore: boolean,
  reporter: Reporter,
): Promise<TrainTools> {
  const prompter = openPrompter();
  const opened = await openStore(git, prompter).catch((error: unknown) => {
    if (needsStore || !(error instanceof WmsError)) throw error;
    return null;
  });
  return {
    git,
    config,
    runner: openModelRunner(reporter),
    commands: openCommandRunner(),
    tracking: await openTracking(config),
    notes: opened?.notes ?? null,
    openDataset: async () => ({ ...(await openDatasetTools(git, config, prompter)), reporter }),
    reporter,
    clock: realClock,
    timing: realTiming,
    env: process.env,
    show: (chunk) => void process.stderr.write(chunk),
  };
}

export async function isOnGithub(git: GitRepository): Promise<boolean> {
  return githubRepository(await addressesOf(git, 'origin'), process.env) !== null;
}

async function addressesOf(git: GitRepository, remote: string): Promise<string[]> {
  // As it is written, too: Git may be told to go another way.
  const written = await git.config(`remote.${remote}.url`);
  return [...(await git.pushUrls(remote)), ...(written === null ? [] : [written])];
}

/** GitHub where the protected branch's remote is there, else the remote itself. */
async function openCodeHost(git: GitRepository, config: Config): Promise<CodeHost> {
  const { remote } = await registryPlace(git, config);
  const repository = githubRepository(await addressesOf(git, remote), process.env);
  if (repository === null) {
    const { openPlainGitHost } = await import('./adapters/plain-git-host/host.js');
    return openPlainGitHost({ git, remote, clock: realClock, timing: realTiming });
  }
  const { githubHostFor } = await import('./adapters/github/host.js');
  return githubHostFor(repository, process.env, realTiming);
}

export async function openCiTools(git: GitRepository, config: Config, reporter: Reporter): Promise<CiTools> {
  await ensureMergeDriver(git, mergeDriver(packageDirectoryOf(git.topLevel, PACKAGE_ROOT)));
  const prompter = openNobody();
  const { store, notes, identity } = await openStore(git, prompter);
  return {
    git,
    config,
    store,
    notes,
    identity,
    prompter,
    secrets: secretsOf(process.env),
    cache: await readDvcCache({ topLevel: git.topLevel, env: process.env, homedir: os.homedir() }),
    reporter,
    runner: openModelRunner(reporter),
    clock: realClock,
    timing: realTiming,
    openReading,
    openHost: () => openCodeHost(git, config),
    openRegistry: (branch) => openRegistry(git, config, openNobody(), branch),
    openServing: () => openServeTools(reporter),
    post: postOverHttp,
    openTraining: () => openTrainTools(git, config, true, reporter),
  };
}

/** Machines that run jobs seldom know a person; commits need one all the same. */
export async function openCiRepository(cwd: string): Promise<GitRepository> {
  const git = await openRepository(cwd);
  if ((await git.config('user.email')) !== null) return git;
  const person = (role: string) => ({ [`GIT_${role}_NAME`]: 'wms', [`GIT_${role}_EMAIL`]: 'wms@localhost' });
  return openGitRepository({ cwd, env: { ...person('AUTHOR'), ...person('COMMITTER'), ...process.env } });
}

/** What a server of models needs; its libraries are loaded now. */
export async function openServeTools(reporter: Reporter): Promise<ServeTools> {
  const { openHttpServer } = await import('./adapters/http/server.js');
  const { openThreadPool } = await import('./adapters/threads/pool.js');
  return {
    runner: openModelRunner(reporter),
    openHttp: openHttpServer,
    openPool: (data: ThreadStart, size) =>
      openThreadPool<Job, JobResult>({ program: builtFile('compose-serve-thread.js'), data, ...size }),
    cores: os.availableParallelism(),
    version: packageVersion(),
    random: Math.random,
    now: () => performance.now(),
    reporter,
  };
}
