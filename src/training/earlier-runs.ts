import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readStatus, type TrainStatus } from './status.js';

/** The latest finished run with this key below the directory of runs; null when there is none. */
export async function findFinished(root: string, key: string): Promise<TrainStatus | null> {
  const names = await readdir(root).catch(() => []);
  const all = await Promise.all(names.sort().map((name) => readStatus(join(root, name))));
  return all.findLast((status) => status?.key === key && status.outcome === 'finished') ?? null;
}
