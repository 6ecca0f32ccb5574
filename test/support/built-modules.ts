import { join } from 'node:path';
import { bundle } from '../../scripts/bundle.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';

/** Path of a module of src/ as JavaScript, for programs that no TypeScript can be given to; it finds the project's packages. */
export async function builtModule(path: string): Promise<string> {
  const directory = join(PACKAGE_ROOT, 'node_modules/.cache/wms-tests', path.replaceAll('/', '-'));
  await bundle([path], directory);
  return join(directory, `${path}.js`);
}
