import { openDatasetTools, openPrompter, openRepository, requireConfig } from '../compose.js';
import { type FaultyObject, type VerifyResult, verify } from '../dataset/verify/verify.js';
import { EXIT, type ExitCode } from '../errors.js';
import { count, shortList } from '../words.js';

export interface VerifyFlags {
  readonly deep?: true;
  readonly repair?: true;
  readonly json?: true;
}

export async function runDataVerify(revision: string, flags: VerifyFlags): Promise<ExitCode> {
  const git = await openRepository(process.cwd());
  const tools = await openDatasetTools(git, await requireConfig(git), openPrompter());
  try {
    const [deep, repair] = [flags.deep === true, flags.repair === true];
    const result = await verify(tools, { revision, deep, repair });
    tools.reporter.close();
    if (flags.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    const bad = result.faults.filter(({ repaired }) => !repaired);
    const isSound = bad.length + result.unreadable.length === 0;
    const text = isSound ? sound(result) : unsound(result, bad, repair);
    process.stderr.write(`\n${text}\n`);
    return isSound ? EXIT.done : EXIT.network;
  } finally {
    tools.reporter.close();
  }
}

function sound({ revision, store, objects, faults, deep }: VerifyResult): string {
  const put = faults.length === 0 ? '' : ` ${count(faults.length, 'object')} put back.`;
  const proof = deep ? 'with the right bytes' : 'not read; --deep compares the bytes';
  return `${store} has all ${count(objects, 'object')} of ${revision} (${proof}).${put}`;
}

function unsound(
  { revision, store, unreadable }: VerifyResult,
  bad: readonly FaultyObject[],
  triedRepair: boolean,
): string {
  const lines = bad.map(({ id, fault, files }) => `  ${fault} ${id}  ${shortFiles(files)}`);
  const untold = unreadable.map(
    (pointer) => `  ${pointer}: without its manifest, its files could not be checked`,
  );
  const next = triedRepair
    ? 'Run this where the files still are: npx wms data verify --deep --repair. Else publish them again.'
    : 'npx wms data verify --deep --repair';
  return [
    `✖ ${store} lacks ${count(bad.length, 'object')} of ${revision}.`,
    shortList(lines),
    ...untold,
    `→ ${next}`,
  ].join('\n');
}

function shortFiles(files: readonly string[]): string {
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  return files.slice(0, 3).join(', ') + more;
}
