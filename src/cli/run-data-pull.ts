import picomatch from 'picomatch';
import { openPrompter, openPullTools, openRepository, requireConfig } from '../compose.js';
import { type PullResult, pull } from '../dataset/pull/pull.js';
import { EXIT, WmsError } from '../errors.js';
import { count, grouped } from '../words.js';

export interface PullFlags {
  readonly to?: string;
  readonly only?: string;
  readonly sample?: string;
  readonly seed?: string;
  readonly force?: true;
  readonly json?: true;
}

/** Throws WmsError `data/sample` (exit code 2), and the errors of `pull`. */
export async function runDataPull(revision: string, flags: PullFlags): Promise<void> {
  const sample = sampleOf(flags);
  const only = flags.only === undefined ? undefined : picomatch(flags.only, { dot: true });
  const git = await openRepository(process.cwd());
  const tools = await openPullTools(git, await requireConfig(git), openPrompter());
  try {
    const force = flags.force === true;
    const result = await pull(tools, { revision, to: flags.to, only, sample, force });
    tools.reporter.close();
    if (flags.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    process.stderr.write(`\n${summary(result)}\n`);
  } finally {
    tools.reporter.close();
  }
}

function sampleOf({ sample, seed }: PullFlags): { count: number; seed: string } | undefined {
  if (sample === undefined && seed === undefined) return undefined;
  if (sample !== undefined && /^[1-9]\d*$/.test(sample)) return { count: Number(sample), seed: seed ?? '0' };
  throw new WmsError({
    kind: 'data/sample',
    code: EXIT.usage,
    what:
      sample === undefined
        ? '--seed does nothing without --sample.'
        : `--sample ${sample} is not a number of pairs.`,
    next: 'npx wms data pull --sample 500 --seed 7',
  });
}

function summary({ revision, target, files, unchanged, written, removed, fetched }: PullResult): string {
  const parts = [
    `${count(written, 'file')} written`,
    `${grouped(unchanged)} unchanged`,
    ...(removed === 0 ? [] : [`${grouped(removed)} removed`]),
    `${count(fetched.objects, 'object')} fetched (${(fetched.bytes / 1e6).toFixed(1)} MB)`,
  ];
  const what = `${count(files.images, 'image')} and ${count(files.masks, 'mask')}`;
  return `${what} of ${revision} are in ${target}: ${parts.join(', ')}.`;
}
