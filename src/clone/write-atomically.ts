import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRunning } from './processes.js';

/** Readers see the old file or the new one, never half of one. */
export async function writeFileAtomically(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

/** Removes what writers that were killed left in `directory` and below. */
export async function removeLeftovers(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true });
  for (const name of entries) {
    const pid = /\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !(await isRunning(Number(pid))))
      await rm(join(directory, name), { force: true });
  }
}
