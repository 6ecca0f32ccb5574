import { join } from 'node:path';
import { build } from 'esbuild';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';

/**
 * Modules of src/ (`adapters/s3/index`) as JavaScript in `directory`, for programs that no TypeScript can be given to.
 * The directory must be below one where the packages that they import are found.
 */
export async function buildModules(paths: readonly string[], directory: string): Promise<void> {
  await build({
    entryPoints: paths.map((path) => join(PACKAGE_ROOT, 'src', `${path}.ts`)),
    outbase: join(PACKAGE_ROOT, 'src'),
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
}

/** Path of one such module, below the project's own packages. */
export async function builtModule(path: string): Promise<string> {
  const directory = join(PACKAGE_ROOT, 'node_modules/.cache/wms-tests', path.replaceAll('/', '-'));
  await buildModules([path], directory);
  return join(directory, `${path}.js`);
}
