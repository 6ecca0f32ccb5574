import { openRepository, openStatusTools, requireConfig } from '../compose.js';
import { describeStatus } from '../status/describe.pure.js';
import { readStatus } from '../status/status.js';

export interface StatusFlags {
  readonly json?: true;
}

export async function runStatus({ json }: StatusFlags): Promise<void> {
  const git = await openRepository(process.cwd());
  const tools = await openStatusTools(git, await requireConfig(git));
  const status = await readStatus(tools);
  if (json) process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
  const lines = describeStatus(status, { now: tools.clock.now(), cwd: process.cwd() });
  process.stderr.write(`${lines.join('\n')}\n`);
}
