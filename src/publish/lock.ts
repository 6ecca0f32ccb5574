import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, WmsError } from '../errors.js';

/**
 * Runs `work` while no other publish of this clone runs. A lock whose process is gone is taken over.
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
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
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

async function holderOf(path: string): Promise<number | null> {
  const pid = Number((await readFile(path, 'utf8').catch(() => '')).trim());
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : null;
  }
}

function lockHeld(path: string, pid: number | null): WmsError {
  return new WmsError({
    kind: 'publish/running',
    code: EXIT.conflict,
    what: 'Another publish of this clone is running.',
    why: pid === null ? `It took the lock ${path} just now.` : `Process ${pid} holds ${path}.`,
    next: 'Wait for it to end, then push again.',
  });
}
