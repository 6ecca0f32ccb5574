import { openPrompter, openRegistry, openRepository, requireConfig } from '../compose.js';
import { readBaseline } from '../model/baseline.js';
import { describeBaseline } from '../model/describe.pure.js';

export interface BaselineFlags {
  readonly json?: true;
}

export async function runModelBaseline({ json }: BaselineFlags): Promise<void> {
  const git = await openRepository(process.cwd());
  const registry = await openRegistry(git, await requireConfig(git), openPrompter());
  const baseline = await readBaseline(registry);
  if (json) process.stdout.write(`${JSON.stringify(baseline, null, 2)}\n`);
  process.stderr.write(`${describeBaseline(baseline, new Date()).join('\n')}\n`);
}
