import { openDatasetTools, openPrompter, openRepository, requireConfig } from '../compose.js';
import { describeDiff } from '../dataset/diff/describe.pure.js';
import { compareVersions } from '../dataset/diff/diff.js';
import { diffJson } from '../dataset/diff/json.pure.js';
import { overlap } from '../model/metrics.js';

export interface DiffFlags {
  readonly html?: string;
  readonly json?: true;
}

export async function runDataDiff(
  first: string | null,
  second: string | null,
  flags: DiffFlags,
): Promise<void> {
  const git = await openRepository(process.cwd());
  const tools = await openDatasetTools(git, await requireConfig(git), openPrompter());
  try {
    const compared = await compareVersions(tools, first, second);
    if (flags.html !== undefined) {
      const { writeDiffPage } = await import('../dataset/diff/page/write.js');
      await writeDiffPage(flags.html, compared, tools, (before, after) => overlap(before, after).dice);
    }
    tools.reporter.close();
    if (flags.json) for (const part of diffJson(compared)) process.stdout.write(part);
    else process.stdout.write(`${describeDiff(compared).join('\n')}\n`);
  } finally {
    tools.reporter.close();
  }
}
