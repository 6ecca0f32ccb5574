import { readdir, readFile } from 'node:fs/promises';
import { isGuard } from './guard.js';

/** Sends a signal to all processes of a group. False: there is none any more. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/** Processes of a group, as Linux tells them; empty elsewhere. */
export async function processesOf(group: number): Promise<string[]> {
  const names = await readdir('/proc').catch(() => []);
  const lines = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((pid) => lineOf(pid, group)),
  );
  return lines.filter((line) => line !== null);
}

async function lineOf(pid: string, group: number): Promise<string | null> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
  // The name in parentheses may hold anything; behind it stand state, parent and group.
  const [, stat = ''] = /^.*\) (.*)$/s.exec(await read('stat')) ?? [];
  if (Number(stat.split(' ')[2]) !== group) return null;
  const command = (await read('cmdline')).replaceAll('\0', ' ').trim();
  if (command === '' || isGuard(command)) return null;
  const [, state = ''] = /^State:\s*(.*)$/m.exec(await read('status')) ?? [];
  return `${pid} ${state} ${command}`;
}
