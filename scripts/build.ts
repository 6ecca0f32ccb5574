import { rm } from 'node:fs/promises';
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

await rm(BUILT, { recursive: true, force: true });
// Node takes half a millisecond for each file that it finds and reads: a third of a command's start.
await Promise.all([bundle(PROGRAMS, BUILT), buildPage()]);
