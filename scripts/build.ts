import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PACKAGE_ROOT } from '../src/config/package-root.js';
import { NAMES } from '../src/serve/page/scripts.js';
import { bundle, SOURCE } from './bundle.js';

const BUILT = join(PACKAGE_ROOT, 'dist');

/** Started by path: the command line, threads, and a process of its own. */
const PROGRAMS = [
  'cli/main',
  'compose-pull-thread',
  'compose-read-thread',
  'compose-serve-thread',
  'adapters/onnx/worker',
  'adapters/local-machine/program',
];

/** The page of `wms serve`, a file each, as browsers ask for them. */
async function buildPage(): Promise<void> {
  await build({
    entryPoints: NAMES.map((name) => join(SOURCE, 'serve/page/browser', `${name}.ts`)),
    outbase: SOURCE,
    outdir: BUILT,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'warning',
  });
}

/** What the licences of inlined packages ask for: their own text goes along. */
async function writeLicences(packages: readonly string[]): Promise<void> {
  const texts = packages.map(async (path) => {
    const directory = join(PACKAGE_ROOT, path);
    const { name, version } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    const licence = (await readdir(directory)).find((file) => /^licen[cs]e(\.(md|txt))?$/i.test(file));
    if (licence === undefined) throw new Error(`${path} has no licence file`);
    return `${name} ${version}\n\n${await readFile(join(directory, licence), 'utf8')}`;
  });
  await writeFile(join(BUILT, 'licences.txt'), (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`));
}

await rm(BUILT, { recursive: true, force: true });
const [inlined] = await Promise.all([bundle(PROGRAMS, BUILT), buildPage()]);
await writeLicences(inlined);
