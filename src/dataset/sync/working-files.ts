import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawBytes } from './proof.pure.js';

/** Paths of the files that the working tree holds with the very bytes that were proven. */
export async function unchangedOnDisk(topLevel: string, files: readonly RawBytes[]): Promise<string[]> {
  const unchanged: string[] = [];
  for (const { path, md5 } of files)
    if ((await md5OnDisk(join(topLevel, path))) === md5) unchanged.push(path);
  return unchanged;
}

async function md5OnDisk(file: string): Promise<string | undefined> {
  const stat = await lstat(file).catch(() => null);
  if (stat === null || !stat.isFile()) return undefined;
  return createHash('md5')
    .update(await readFile(file))
    .digest('hex');
}
