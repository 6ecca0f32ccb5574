import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of the machine (templates/machine), by name and in its order. `packageRoot`: directory of this package. */
export async function readMachineFiles(packageRoot: string): Promise<ReadonlyMap<string, string>> {
  const directory = join(packageRoot, 'templates/machine');
  const names = (await readdir(directory)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return new Map(names.map((name, index) => [name, texts[index] ?? '']));
}
