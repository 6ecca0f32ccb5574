import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Workspace } from '../support/workspace.js';

export interface Objects {
  /** Holds `files/md5/<2 digits>/<rest>` for each id. */
  readonly directory: string;
  readonly ids: readonly string[];
  readonly bytes: number;
}

/** Bytes that do not compress, in sizes from 5 to 500 KB whose logarithms are spread evenly: most are small. */
export async function makeObjects(directory: string, count: number): Promise<Objects> {
  const ids: string[] = [];
  let total = 0;
  for (let at = 0; at < count; at += 1) {
    const bytes = randomBytes(Math.round(5000 * 100 ** (((at * 7919) % count) / count)));
    const id = createHash('md5').update(bytes).digest('hex');
    const folder = join(directory, 'files/md5', id.slice(0, 2));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, id.slice(2)), bytes);
    ids.push(id);
    total += bytes.length;
  }
  return { directory, ids, bytes: total };
}

/** Files below a directory, temporary ones that a program left behind included. */
export async function countFiles(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

/**
 * Moves what an earlier run has written out of the way, and waits until the disk has it, so that the next does not pay
 * for that. Nothing is removed: for minutes ext4 passes over the places of removed files, at a price that grows with
 * their number, and who writes most files would pay most.
 */
export async function setAside({ top }: Workspace, paths: readonly string[]): Promise<void> {
  await Promise.all(
    paths.map((path) =>
      rename(path, join(top, `aside-${randomUUID()}`)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      }),
    ),
  );
  await execa('sync');
}
