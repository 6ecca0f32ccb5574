import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PEERS_DIRECTORY = join(import.meta.dirname, '../../.peers');
const POLL_MS = 500;

type Install = (directory: string) => Promise<void>;

/**
 * Directory that `install` has filled, kept under a name made of `name` and `pins`. Filled once, also when several
 * processes ask at the same time; an installation that failed or was killed leaves nothing that counts.
 */
export async function installOnce(name: string, pins: string, install: Install): Promise<string> {
  const digest = createHash('sha256').update(pins).digest('hex').slice(0, 12);
  const finished = join(PEERS_DIRECTORY, `${name}-${digest}`);
  const lock = `${finished}.lock`;
  await mkdir(PEERS_DIRECTORY, { recursive: true });
  for (;;) {
    const directory = await realpath(finished).catch(() => null);
    if (directory !== null) return directory;
    if (await take(lock)) break;
    await sleep(POLL_MS);
  }
  try {
    return await fill(finished, install);
  } finally {
    await rm(lock, { force: true });
  }
}

/**
 * A Python environment holds its own absolute path, so it cannot be renamed when it is finished: a link to it
 * appears instead. Whoever makes the link first wins, so a lock taken over by mistake costs time only.
 */
async function fill(finished: string, install: Install): Promise<string> {
  const directory = `${finished}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(directory);
  try {
    await install(directory);
    await symlink(basename(directory), finished);
    return directory;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    if (codeOf(error) === 'EEXIST') return realpath(finished);
    throw error;
  }
}

/** The lock holds its owner's process id; one whose owner is gone is removed for the next try. */
async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const owner = Number(await readFile(lock, 'utf8').catch(() => '0'));
  if (owner > 0 && !isRunning(owner)) await rm(lock, { force: true });
  return false;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
