import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'src');
const PAGE = 'serve/page/browser';

/** Started by path: the command line, threads, and a process of its own. What two of them need is a file of its own. */
const PROGRAMS = [
  'cli/main',
  'compose-pull-thread',
  'compose-serve-thread',
  'adapters/onnx/worker',
  'adapters/local-machine/program',
];
/** The page of `wms serve`, a file each, as browsers ask for them. */
const PAGE_SCRIPTS = ['main', 'ask', 'elements', 'overlay', 'photo-input', 'words.pure'];

const common = { format: 'esm', outdir: join(ROOT, 'dist'), outbase: SOURCE, logLevel: 'warning' } as const;

function entries(paths: readonly string[]): string[] {
  return paths.map((path) => join(SOURCE, `${path}.ts`));
}

await rm(join(ROOT, 'dist'), { recursive: true, force: true });
// Node takes half a millisecond for each file that it finds and reads: a third of a command's start.
const programs: BuildOptions = {
  ...common,
  entryPoints: entries(PROGRAMS),
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
};
const page: BuildOptions = {
  ...common,
  entryPoints: entries(PAGE_SCRIPTS.map((name) => `${PAGE}/${name}`)),
  platform: 'browser',
  target: 'es2022',
};
await Promise.all([build(programs), build(page)]);
