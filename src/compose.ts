import os from 'node:os';
import { join } from 'node:path';
import { openDirectoryIdentity } from './adapters/directory/identity.js';
import { openDirectoryStore } from './adapters/directory/store.js';
import { openGitRepository } from './adapters/git/repository.js';
import { openOnnxRunner } from './adapters/onnx/runner.js';
import { openS3 } from './adapters/s3/index.js';
import { openTerminalPrompter } from './adapters/terminal/prompter.js';
import { openTerminalReporter } from './adapters/terminal/reporter.js';
import { readDvcRemote } from './config/dvc-remote.js';
import { readConfigFile } from './config/load.js';
import { CONFIG_FILE, type Config } from './config/schema.js';
import { EXIT, WmsError } from './errors.js';
import type { GitRepository } from './ports/git-repository.js';
import type { Identity } from './ports/identity.js';
import type { ObjectStore } from './ports/object-store.js';
import type { Prompter } from './ports/prompter.js';
import type { PublishTools } from './publish/job.js';

export function openRepository(cwd: string): Promise<GitRepository> {
  return openGitRepository({ cwd });
}

export function openPrompter(): Prompter {
  return openTerminalPrompter(process.env);
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
  return { store: openDirectoryStore(remote), identity: openDirectoryIdentity(remote), ask: null };
}

export async function openPublishTools(
  git: GitRepository,
  config: Config,
  prompter: Prompter,
): Promise<PublishTools> {
  const reporter = await openTerminalReporter(process.stderr, process.env);
  const runner = openOnnxRunner({ announce: (text) => reporter.note(text) });
  const { store, identity, ask } = await openStore(git, prompter);
  const clock = { now: () => new Date() };
  return { git, config, store, identity, askCredentials: ask, runner, reporter, prompter, clock };
}
