import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, WmsError } from '../errors.js';
import { isRunning } from './processes.js';

const HEARTBEAT_MS = 15_000;
/** Without a heartbeat for so long, the process that has the holder's number is another one, or sleeps. */
const STALE_MS = 120_000;

/**
 * Runs `work` while no other publish or sync of this clone runs. A lock whose process is gone is taken over.
 * Throws WmsError `publish/running` (exit code 6).
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  if (!(await acquire(path))) {
    const holder = await holderOf(path);
    if (holder !== null) throw lockHeld(path, holder);
    await rm(path, { force: true });
    if (!(await acquire(path))) throw lockHeld(path, await holderOf(path));
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await pidIn(path)) === process.pid) await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(`${process.pid}\n`);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The living process that holds the lock, or null. */
export async function holderOf(path: string): Promise<number | null> {
  const pid = await pidIn(path);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  const beat = await stat(path).catch(() => null);
  const isStale = beat === null || Date.now() - beat.mtimeMs > STALE_MS;
  return isStale || !(await isRunning(pid)) ? null : pid;
}

async function pidIn(path: string): Promise<number> {
  return Number((await readFile(path, 'utf8').catch(() => '')).trim());
}

function lockHeld(path: string, pid: number | null): WmsError {
  return new WmsError({
    kind: 'publish/running',
    code: EXIT.conflict,
    what: 'Another wms command is at work in this clone.',
    why: pid === null ? `It took the lock ${path} just now.` : `Process ${pid} holds ${path}.`,
    next: 'Wait for it to end, then do this again.',
  });
}
