import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { localCompute } from '../../src/adapters/local-machine/index.js';
import type { LocalOptions } from '../../src/adapters/local-machine/options.js';
import type { Compute, MachineOrder } from '../../src/ports/compute.js';
import { isolatedEnv } from './scratch.js';
import { PACKAGE_ROOT } from './team.js';

export const LOCAL_NOTES = (session: string) => ({
  report: `cloud/${session}/report`,
  log: `cloud/${session}/report-log`,
  session: 'cloud/session',
});

/** Where a clone keeps what the engine on this computer needs. */
export const localDirectory = (clone: string): string => join(clone, '.git/wms/local');

export function localOptions(clone: string, changes: Partial<LocalOptions> = {}): LocalOptions {
  return {
    directory: localDirectory(clone),
    notesOf: LOCAL_NOTES,
    idleMinutes: 30,
    topLevel: clone,
    hasTracking: false,
    packageRoot: PACKAGE_ROOT,
    env: isolatedEnv(),
    ...changes,
  };
}

export function openLocal(clone: string, changes: Partial<LocalOptions> = {}): Compute {
  return localCompute(localOptions(clone, changes));
}

export function localOrder(changes: Partial<MachineOrder> = {}): MachineOrder {
  return {
    session: '20261127-101500-3f9a',
    attempt: 1,
    zone: 'here',
    size: 't3.large',
    image: 'this computer',
    diskGb: 30,
    instanceProfile: '',
    deadline: '2199-11-27T14:15:00.000Z',
    openedBy: 'Ana Test <ana@example.com>',
    userData: '',
    ...changes,
  };
}

/** What somebody who looks into the clone can know of the process that is the machine. */
export async function lifeOf(clone: string, { session, attempt }: MachineOrder): Promise<{ pid: number }> {
  const file = join(localDirectory(clone), 'machines', `${session}-${attempt}`, 'life.json');
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Command lines of processes whose environment holds `mark`. Linux tells; elsewhere there are none. */
export async function processesWith(mark: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = pids.map(async (pid) => {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
    if (!(await read('environ')).includes(mark)) return [];
    return [`${pid} ${(await read('cmdline')).replaceAll('\0', ' ').trim()}`];
  });
  return (await Promise.all(lines)).flat();
}

/** Asks until the answer is as wanted, at most 30 s; the last answer. */
export async function until<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + 30_000; ; await wait(50)) {
    const answer = await ask();
    if (isWanted(answer) || Date.now() > end) return answer;
  }
}
