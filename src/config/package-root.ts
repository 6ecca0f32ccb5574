import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Top of this package, wherever the build has put this module: the installed package, or the project itself. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const above = dirname(directory);
  if (above === directory) throw new Error(`${directory} is in no package`);
  return findRoot(above);
}

/** A file of the build, also for modules that run from their TypeScript source (tests, scripts). */
export function builtFile(path: string): URL {
  const file = join(PACKAGE_ROOT, 'dist', path);
  if (!existsSync(file)) throw new Error(`${file} is not built: npm run build`);
  return pathToFileURL(file);
}
