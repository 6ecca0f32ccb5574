import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** The work takes milliseconds; a holder that needs so long was killed, or stood still and notices it. */
const STALE_MS = 10_000;
const POLL_MS = 15;

/** File name for the lock of a note. */
export function lockName(name: string): string {
  return `lock-${createHash('md5').update(name).digest('hex')}`;
}

/**
 * Runs `work` while nobody else holds the lock, on this machine or another one that shares the disk. `isOurs` tells,
 * right before something is changed, whether the lock is still held.
 */
export async function withNoteLock<T>(
  lock: string,
  signal: AbortSignal | undefined,
  work: (isOurs: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const id = randomUUID();
  while (!(await take(lock, id))) {
    signal?.throwIfAborted();
    await removeStale(lock);
    await wait(POLL_MS);
  }
  const takenAt = performance.now();
  const holds = async () => (await contentOf(lock)) === id;
  try {
    return await work(async () => performance.now() - takenAt < STALE_MS / 2 && (await holds()));
  } finally {
    if (await holds()) await unlink(lock).catch(() => undefined);
  }
}

async function take(lock: string, id: string): Promise<boolean> {
  try {
    await writeFile(lock, id, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeStale(lock: string): Promise<void> {
  const found = await stat(lock).catch(() => null);
  if (found === null || Date.now() - found.mtimeMs < STALE_MS) return;
  const old = await contentOf(lock);
  const aside = `${lock}-${randomUUID()}`;
  await rename(lock, aside).catch(() => undefined);
  // Somebody else may have removed the stale one and taken the lock meanwhile: that one goes back.
  if ((await contentOf(aside)) !== old) await link(aside, lock).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

function contentOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}
