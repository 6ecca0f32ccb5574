import { join } from 'node:path';
import { withLock } from '../clone/lock.js';
import { stateDirectory } from '../clone/state.js';
import { openPrompter, openReporter, openRepository, openStore, requireConfig } from '../compose.js';
import { describeSync } from '../dataset/sync/describe.pure.js';
import { rehearseSync, sync } from '../dataset/sync/sync.js';
import type { SyncOptions } from '../dataset/sync/target.js';
import type { SyncTools } from '../dataset/sync/tools.js';
import { shellWord } from '../publish/refs.js';

export interface SyncFlags extends SyncOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

export async function runSync({ remote, branch, dryRun, json }: SyncFlags): Promise<void> {
  const git = await openRepository(process.cwd());
  const config = await requireConfig(git);
  const reporter = await openReporter();
  const tools: SyncTools = {
    git,
    config,
    openStore: async () => (await openStore(git, openPrompter())).store,
    reporter,
    clock: { now: () => new Date() },
  };
  try {
    const outcome = dryRun
      ? await rehearseSync(tools, { remote, branch })
      : await withLock(join(stateDirectory(git.commonDir), 'lock'), () => sync(tools, { remote, branch }));
    reporter.close();
    if (json) process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
    process.stderr.write(`\n${describeSync(outcome, shellWord).join('\n')}\n`);
  } finally {
    reporter.close();
  }
}
