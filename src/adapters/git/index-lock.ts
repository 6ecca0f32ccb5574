import { readFile, rm, writeFile } from 'node:fs/promises';
import { EXIT, WmsError } from '../../errors.js';

/** What our lock holds instead of an index: a lock that a killed process left is known by it. */
const OURS = /^wms (\d+)\n$/;

/**
 * Does `work` while no Git command can change the index at `path`. A lock of ours whose process is gone is taken over.
 * Ctrl-C waits until `work` has ended: it must not leave the lock behind.
 * Throws WmsError `git/index-locked` (exit code 6).
 */
export async function withIndexLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const wait = () => undefined;
  for (const signal of SIGNALS) process.on(signal, wait);
  try {
    if (!(await acquire(lock))) {
      if (!(await isLeftover(lock))) throw locked(lock);
      await rm(lock, { force: true });
      if (!(await acquire(lock))) throw locked(lock);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, wait);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function acquire(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, `wms ${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isLeftover(lock: string): Promise<boolean> {
  const pid = OURS.exec(await readFile(lock, 'latin1').catch(() => ''))?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return Number(pid) === process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function locked(lock: string): WmsError {
  return new WmsError({
    kind: 'git/index-locked',
    code: EXIT.conflict,
    what: 'Another Git command is changing this working tree.',
    why: `${lock} exists.`,
    next: 'Wait for it to end. If none is running, remove that file; then run the command again.',
  });
}
