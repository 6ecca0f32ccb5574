import { readFile, readlink } from 'node:fs/promises';

/** Whether a process of this machine runs. Its number may have gone to another program meanwhile. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // Killed, but not waited for by its parent: in containers it can stay like this for ever.
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return !/\) [ZX] [^)]*$/.test(stat);
}

/**
 * Where process numbers mean the same: this boot of this machine, and the container in it. Null where the system does
 * not tell.
 */
export async function processSpace(): Promise<string | null> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
    return `${boot} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}
