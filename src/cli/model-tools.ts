import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../clone/lock.js';
import { stateDirectory } from '../clone/state.js';
import {
  openPrompter,
  openRegistry,
  openReporter,
  openRepository,
  openTiming,
  requireConfig,
} from '../compose.js';
import type { PromotionTools } from '../model/promotion/tools.js';
import type { Registry } from '../ports/registry.js';

/** The registry that this repository's settings name. */
export async function openRegistryHere(): Promise<Registry> {
  const git = await openRepository(process.cwd());
  return openRegistry(git, await requireConfig(git), openPrompter());
}

export async function openPromotionTools(): Promise<PromotionTools> {
  const git = await openRepository(process.cwd());
  const config = await requireConfig(git);
  return {
    git,
    config,
    registry: await openRegistry(git, config, openPrompter()),
    reporter: await openReporter(),
    clock: { now: () => new Date() },
    timing: openTiming(),
  };
}

/** Runs `work` while no other wms command of this clone changes anything, and ends the display of progress. */
export async function changingProduction<T>(tools: PromotionTools, work: () => Promise<T>): Promise<T> {
  try {
    return await withLock(join(stateDirectory(tools.git.commonDir), 'lock'), async () => {
      // What a killed command left there.
      await rm(join(tools.git.gitDir, 'wms', 'tmp'), { recursive: true, force: true });
      return work();
    });
  } finally {
    tools.reporter.close();
  }
}

/** For programs on standard output, for people on the other. */
export function print(json: unknown | undefined, lines: readonly string[]): void {
  if (json !== undefined) process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** As `githubRun`, of the attempt: a run whose jobs are run again has several. */
export function runAttempt(env: NodeJS.ProcessEnv): string | null {
  const run = githubRun(env);
  return run === null ? null : `${run}/attempts/${env.GITHUB_RUN_ATTEMPT ?? 1}`;
}

/** Address of the workflow run that this is a part of; null elsewhere. */
export function githubRun(env: NodeJS.ProcessEnv): string | null {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = env;
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY || !GITHUB_RUN_ID) return null;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}
