import { openDatasetTools, openPrompter, openRepository, requireConfig } from '../compose.js';
import { describeLog } from '../dataset/log/describe.pure.js';
import { readLog } from '../dataset/log/log.js';
import { EXIT, WmsError } from '../errors.js';

export interface LogFlags {
  readonly limit?: string;
  readonly json?: true;
}

/** Throws WmsError `data/limit` (exit code 2), and the errors of `readLog`. */
export async function runDataLog(revision: string, flags: LogFlags): Promise<void> {
  const limit = limitOf(flags);
  const git = await openRepository(process.cwd());
  const tools = await openDatasetTools(git, await requireConfig(git), openPrompter());
  const log = await readLog(tools, revision, limit);
  if (flags.json) process.stdout.write(`${JSON.stringify(log, null, 2)}\n`);
  else process.stdout.write(`${describeLog(log).join('\n')}\n`);
  if (log.storeProblem !== null) {
    process.stderr.write(`⚠ Some versions could not be counted. ${log.storeProblem}\n`);
  }
}

function limitOf({ limit }: LogFlags): number | null {
  if (limit === undefined) return null;
  if (/^[1-9]\d{0,8}$/.test(limit)) return Number(limit);
  throw new WmsError({
    kind: 'data/limit',
    code: EXIT.usage,
    what: `--limit ${limit} is not a number of versions.`,
    next: 'npx wms data log --limit 10',
  });
}
