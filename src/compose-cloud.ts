import os from 'node:os';
import { openRemoteCommands } from './adapters/remote-command/runner.js';
import { realTiming } from './adapters/timing.js';
import { tunnelsWith } from './adapters/tunnels/index.js';
import type { TrainingPlace } from './ci/on-session.js';
import { productionForSession } from './cloud/deploy/production-model.js';
import { logKeyOf } from './cloud/machine/facts.js';
import { machineFacts } from './cloud/machine/facts-of.js';
import { reportNote } from './cloud/machine/notes.js';
import { readMachineFiles } from './cloud/machine/read-machine-files.js';
import { machineUserData } from './cloud/machine/user-data.pure.js';
import { type Engine, readSession, SESSION, type SessionModel } from './cloud/session.js';
import type { CloudTools } from './cloud/tools.js';
import { localDirectory, localSessionNotes, openRegistry, openStore } from './compose.js';
import { readDvcRemote } from './config/dvc-remote.js';
import type { S3Remote } from './config/dvc-s3-remote.js';
import { PACKAGE_ROOT } from './config/package-root.js';
import { packageVersion } from './config/package-version.js';
import type { Config } from './config/schema.js';
import { claimObjects } from './dataset/claims/claim.js';
import { EXIT, isWmsError, WmsError } from './errors.js';
import type { CommandRunner } from './ports/command-runner.js';
import type { Compute } from './ports/compute.js';
import type { GitRepository } from './ports/git-repository.js';
import type { Prompter } from './ports/prompter.js';
import type { Tunnels } from './ports/tunnels.js';
import { codeTree } from './training/code-tree.js';

export interface CloudChoice {
  /** Null: that of the settings, else what suits the store. */
  readonly engine: Engine | null;
  /** Null: that of the settings. */
  readonly region: string | null;
}

/**
 * The team's cloud sessions, or those of this clone (engine `local`). Throws WmsError `cloud/needs-s3` (exit code 2) for a
 * machine in the cloud where the store is a directory.
 */
export async function openCloudTools(
  git: GitRepository,
  config: Config,
  choice: CloudChoice,
  prompter: Prompter,
): Promise<CloudTools> {
  const wanted = choice.engine ?? config.cloud.engine;
  const remote = wanted === 'local' ? null : await remoteOf(git, wanted === undefined);
  const engine = wanted ?? (remote?.kind === 's3' ? 'ec2' : 'local');
  const common = { timing: realTiming, clock: { now: () => new Date() } };
  if (engine === 'local') {
    return {
      ...common,
      notes: localSessionNotes(git),
      place: { engine, region: 'local' },
      openCompute: () => openLocal(git, config),
      userData: () => '',
    };
  }
  if (remote?.kind !== 's3') throw needsS3();
  const { bucket, prefix } = remote;
  const team = {
    store: { bucket, prefix },
    modelName: config.registry.model,
    registry: config.registry.kind,
    packageVersion: packageVersion(),
  };
  const files = await readMachineFiles(PACKAGE_ROOT);
  const stack = stackOf(git, config, remote, prompter);
  return {
    ...common,
    notes: (await openStore(git, prompter)).notes,
    place: { engine, region: choice.region ?? config.cloud.region },
    openCompute: (place) =>
      place.engine === 'terraform' ? stack.open(place.region) : openEc2(remote, prompter, place.region),
    hear: stack.hear,
    userData: (session) => machineUserData(machineFacts(session, team), files),
  };
}

/**
 * Every engine that may have something open: a session of this clone is not seen from the team's store.
 */
export async function openAllCloudTools(
  git: GitRepository,
  config: Config,
  choice: CloudChoice,
  prompter: Prompter,
): Promise<CloudTools[]> {
  const usual = await openCloudTools(git, config, choice, prompter);
  if (choice.engine !== null || usual.place.engine === 'local') return [usual];
  const here = await readSession(localSessionNotes(git));
  if (here === null || here.state === 'closed') return [usual];
  return [await openCloudTools(git, config, { ...choice, engine: 'local' }, prompter), usual];
}

/**
 * Finds what a new session's model API serves; throws what registry and store throw. Null: that is found on the machine,
 * which is this computer, or has the MLflow that is the registry.
 */
export function modelFinder(
  git: GitRepository,
  config: Config,
  { engine }: Pick<CloudTools['place'], 'engine'>,
  prompter: Prompter,
): (() => Promise<SessionModel | null>) | null {
  if (engine === 'local' || config.registry.kind === 'mlflow') return null;
  return async () => {
    const { store, notes } = await openStore(git, prompter);
    const countOn = (ids: readonly string[]) => claimObjects(notes, ids);
    return productionForSession({ registry: await openRegistry(git, config, prompter), store, countOn });
  };
}

/** Machines of EC2 in one region, with the store's credentials. Throws WmsError `cloud/needs-s3` (exit code 2). */
export async function openCompute(git: GitRepository, prompter: Prompter, region: string): Promise<Compute> {
  const remote = await remoteOf(git, false);
  if (remote?.kind !== 's3') throw needsS3();
  return openEc2(remote, prompter, region);
}

/** Ways to machines of EC2, with the store's credentials, which are looked for when the first one is opened. */
export function openTunnels(git: GitRepository, prompter: Prompter): Tunnels {
  const find = async () => {
    const remote = await remoteOf(git, false);
    if (remote?.kind !== 's3') throw needsS3();
    return { remote, env: process.env, prompter };
  };
  return tunnelsWith(process.env, find);
}

/** Runs commands at the end of a tunnel, among the files that the run key of a training counts as code. */
export function openRemoteTraining(
  git: GitRepository,
  config: Config,
): (place: TrainingPlace) => CommandRunner {
  const files = async () => {
    const entries = await git.filesBelow(await codeTree(git, config), []);
    return entries.map(({ path }) => path);
  };
  return (place) => openRemoteCommands({ ...place, tree: git.topLevel, files });
}

async function openEc2(remote: S3Remote, prompter: Prompter, region: string): Promise<Compute> {
  const { ec2Compute } = await import('./adapters/ec2/index.js');
  return ec2Compute({ remote, env: process.env, prompter, region });
}

/** The team's stack, opened once for each region: it keeps the plan that was shown. */
function stackOf({ topLevel }: GitRepository, { cloud }: Config, remote: S3Remote, prompter: Prompter) {
  const opened = new Map<string, Promise<Compute>>();
  let listener: (line: string) => void = () => undefined;
  const tell = (line: string) => listener(line);
  const open = async (region: string): Promise<Compute> => {
    const { terraformCompute } = await import('./adapters/terraform/index.js');
    const { env } = process;
    const parts = { remote, env, prompter, region, topLevel, tell };
    return terraformCompute({ ...parts, settings: cloud.terraform, usual: cloud });
  };
  return {
    hear(next: (line: string) => void): void {
      listener = next;
    },
    open(region: string): Promise<Compute> {
      const known = opened.get(region) ?? open(region);
      opened.set(region, known);
      return known;
    },
  };
}

async function openLocal(git: GitRepository, { cloud, tracking }: Config): Promise<Compute> {
  const { localCompute } = await import('./adapters/local-machine/index.js');
  return localCompute({
    directory: localDirectory(git),
    notesOf: (id) => ({
      report: reportNote({ id }),
      log: logKeyOf({ reportKey: reportNote({ id }) }),
      session: SESSION,
    }),
    idleMinutes: cloud.idleMinutes,
    topLevel: git.topLevel,
    hasTracking: tracking.uri !== undefined,
    packageRoot: PACKAGE_ROOT,
    env: process.env,
  });
}

/** Null, where that is allowed: no store is set up. */
async function remoteOf(git: GitRepository, orNone: boolean) {
  try {
    return await readDvcRemote({ topLevel: git.topLevel, env: process.env, homedir: os.homedir() });
  } catch (error) {
    if (orNone && isWmsError(error, 'config/no-store')) return null;
    throw error;
  }
}

function needsS3(): WmsError {
  return new WmsError({
    kind: 'cloud/needs-s3',
    code: EXIT.usage,
    what: 'A machine in the cloud cannot reach the store of this repository.',
    why: 'The store in .dvc/config is a directory; the machine needs one in S3.',
    next: 'npx wms init --store s3://BUCKET/PREFIX, or npx wms-deploy --engine local',
  });
}

export { runAttached } from './adapters/process/attached.js';
