import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { objectKey } from '../src/ports/object-store.js';
import { commitAll, makeClone, setUp, writeFiles } from './support/clone.js';
import { heading, printTable } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';
import { pointersTo } from './transfer/dataset.js';
import type { Objects } from './transfer/objects.js';

const FEW = 20_000;
const MANY = 200_000;
const REPORT_USAGE = pathToFileURL(join(import.meta.dirname, 'support/report-usage.mjs')).href;

/** Objects of a few bytes: what is measured is what each entry costs, not what its bytes do. */
function makeTinyObjects(directory: string, count: number): Objects {
  for (let at = 0; at < 256; at += 1)
    mkdirSync(join(directory, 'files/md5', at.toString(16).padStart(2, '0')), { recursive: true });
  return {
    directory,
    ids: Array.from({ length: count }, (_, at) => makeTinyObject(directory, at)),
    bytes: 0,
  };
}

function makeTinyObject(directory: string, at: number): string {
  const text = `object ${at}`;
  const id = createHash('md5').update(text).digest('hex');
  writeFileSync(join(directory, objectKey(id)), text, { mode: 0o444 });
  return id;
}

interface Verified {
  readonly label: string;
  readonly megabytes: number;
  readonly seconds: number;
}

async function verifying(workspace: Workspace, directory: string, files: number): Promise<Verified[]> {
  const clone = await makeClone(workspace, `clone-${files}`);
  const store = join(workspace.top, `store-${files}`);
  await setUp(workspace, clone, directory, ['--store', store]);
  await writeFiles(clone, await pointersTo(makeTinyObjects(store, files)));
  await commitAll(workspace, clone, ['.']);
  const verified: Verified[] = [];
  for (const flags of [[], ['--deep']]) {
    const usage = join(workspace.top, `usage-${files}-${flags.length}`);
    const env = { NODE_OPTIONS: `--import ${REPORT_USAGE}`, WMS_BENCH_USAGE: usage };
    const command = ['node', 'node_modules/wms-hooks/bin/wms.js', 'data', 'verify', ...flags];
    const { milliseconds } = await workspace.must(clone, command, env);
    verified.push({
      label: ['verify', ...flags, `${files} files`].join(' '),
      megabytes: Number(await readFile(usage, 'utf8')) / 1024,
      seconds: milliseconds / 1000,
    });
  }
  return verified;
}

heading(
  'Memory of verify',
  `Directory store, objects of a few bytes. Target: each of the ${MANY - FEW} files more costs less than 1 KB, whether its object is read or not.`,
);
await Workspace.during(async (workspace) => {
  const directory = await installPackage(workspace);
  const few = await verifying(workspace, directory, FEW);
  const many = await verifying(workspace, directory, MANY);
  printTable(
    ['', 'peak MB', 'seconds', 'KB per file more'],
    [...few, ...many].map(({ label, megabytes, seconds }, at) => {
      const base = few[at % few.length]?.megabytes ?? Number.NaN;
      const perFile = ((megabytes - base) * 1024) / (MANY - FEW);
      return [label, megabytes.toFixed(0), seconds.toFixed(1), at < few.length ? '–' : perFile.toFixed(2)];
    }),
  );
});
