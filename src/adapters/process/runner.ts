import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import type { CommandEnd, CommandRunner, CommandToRun, RunningCommand } from '../../ports/command-runner.js';
import { processesOf, signalGroup } from './group.js';
import { withGuard } from './guard.js';

/** What the command left running has so long to end by itself, milliseconds. */
const LEFTOVERS = 2000;

export function openCommandRunner(): CommandRunner {
  return { start: (command) => (process.platform === 'win32' ? startAlone(command) : startGroup(command)) };
}

function startGroup({ command, args, cwd, env, grace, onOutput }: CommandToRun): RunningCommand {
  const [shell, words] = withGuard(command, args, grace);
  const child = execa(shell, words, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
    cleanup: false,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  child.stdout.on('data', onOutput);
  child.stderr.on('data', onOutput);
  const group = child.pid;
  // The guard may go first, and then nobody reads what is never written.
  child.stdio[3]?.on('error', () => undefined);
  const closed = child.then(
    () => undefined,
    () => undefined,
  );
  const ended = exitOf(child).then(async (end) => {
    if (group === undefined) return end;
    signalGroup(group, 'SIGTERM');
    child.stdio[3]?.destroy();
    await Promise.race([closed, wait(LEFTOVERS)]);
    signalGroup(group, 'SIGKILL');
    await Promise.race([closed, wait(LEFTOVERS)]);
    // Something that left the group may hold them open for ever.
    for (const stream of child.stdio) stream?.destroy();
    return end;
  });
  return {
    ended,
    stop(signal) {
      if (group === undefined) return;
      signalGroup(group, signal);
      const kill = setTimeout(() => signalGroup(group, 'SIGKILL'), grace);
      void ended.then(() => clearTimeout(kill));
    },
    processes: async () => (group === undefined ? [] : processesOf(group)),
  };
}

/** Windows has no process groups. */
function startAlone({ command, args, cwd, env, grace, onOutput }: CommandToRun): RunningCommand {
  const child = execa(command, args, {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    buffer: false,
    forceKillAfterDelay: grace,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', onOutput);
  child.stderr.on('data', onOutput);
  return { ended: exitOf(child), stop: (signal) => void child.kill(signal), processes: async () => [] };
}

function exitOf(child: {
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
  once(event: 'error', listener: () => void): unknown;
}): Promise<CommandEnd> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    // It did not start at all: as a shell would say it.
    child.once('error', () => resolve({ exitCode: 127, signal: null }));
  });
}
