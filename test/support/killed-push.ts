import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { git, isolatedEnv } from './scratch.js';

/**
 * `git push` in a process group of its own that is killed with SIGKILL as soon as `isMoment` says so (asked every
 * millisecond): Git, the hook, Node and the Git commands that it runs. False when the push ended before.
 */
export async function pushAndKill(clone: string, isMoment: () => boolean): Promise<boolean> {
  const child = spawn('git', ['push'], {
    cwd: clone,
    env: isolatedEnv({ CI: '1' }),
    stdio: 'ignore',
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('git did not start');
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
