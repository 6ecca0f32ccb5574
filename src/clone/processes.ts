import { readFile } from 'node:fs/promises';

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
