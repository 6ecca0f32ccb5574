import { join } from 'node:path';
import { build } from 'esbuild';
import { PACKAGE_ROOT } from '../src/config/package-root.js';

export const SOURCE = join(PACKAGE_ROOT, 'src');

/**
 * Modules of src/ (`cli/main`) as JavaScript at the same paths below `directory`; what several need is a file of its own.
 * The packages that they import must be found from there.
 */
export async function bundle(paths: readonly string[], directory: string): Promise<void> {
  await build({
    entryPoints: paths.map((path) => join(SOURCE, `${path}.ts`)),
    outbase: SOURCE,
    outdir: directory,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    packages: 'external',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  });
}
