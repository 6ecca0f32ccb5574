import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { git, isolatedEnv } from './scratch.js';
import { PACKAGE_ROOT } from './team.js';

/** `git push`, killed with the hook, Node and the Git commands that it runs. False when it ended before. */
export function pushAndKill(clone: string, isMoment: () => boolean): Promise<boolean> {
  return runAndKill(clone, 'git', ['push'], isMoment);
}

/** As `pushAndKill`, for a `wms` command. */
export function wmsAndKill(
  clone: string,
  args: readonly string[],
  isMoment: () => boolean,
): Promise<boolean> {
  return runAndKill(clone, process.execPath, [join(PACKAGE_ROOT, 'bin/wms.js'), ...args], isMoment);
}

/** A process group of its own that is killed with SIGKILL as soon as `isMoment` says so, asked every millisecond. */
async function runAndKill(
  clone: string,
  program: string,
  args: readonly string[],
  isMoment: () => boolean,
): Promise<boolean> {
  const child = spawn(program, args, {
    cwd: clone,
    env: isolatedEnv({ CI: '1' }),
    stdio: 'ignore',
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} did not start`);
  const ended = exitOf(child);
  while (!isMoment()) {
    if (child.exitCode !== null) return false;
    await wait(1);
  }
  if (child.exitCode !== null) return false;
  process.kill(-pid, 'SIGKILL');
  await ended;
  await groupIsDead(pid);
  return true;
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => resolve());
    child.once('error', reject);
  });
}

/** A process with many threads takes some moments to die. */
async function groupIsDead(group: number): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (!hasLiving(group)) return;
    await wait(5);
  }
  throw new Error(`process group ${group} does not die`);
}

/** On Linux, processes that are dead and wait for their parent to notice count as dead. */
function hasLiving(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(itsGroup) === group && state !== 'Z' && state !== 'X';
    } catch {
      return false;
    }
  });
}

/** A server does not die with its client: the remote's side of a push runs outside the client's process group. */
export async function keepServerAlive(clone: string): Promise<void> {
  if (spawnSync('setsid', ['true']).status !== 0) return;
  await git(clone, 'config', 'remote.origin.receivepack', 'setsid git-receive-pack');
}
