import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';

const LOOK_MS = 100;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** A line of standard output or standard error. */
  readonly onLine: (line: string) => void;
}

export interface End {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The signal by which somebody ended us meanwhile. */
  readonly interrupted: NodeJS.Signals | null;
}

/**
 * Runs a command that must not be torn off: terraform writes its state and lets go of its lock at the end. It has a
 * process group of its own and writes into a file, so it goes on to its end when this process dies. A signal to us
 * becomes SIGINT for it, on which it ends in order, and a second one ends it at once.
 */
export async function runToEnd({ command, args, cwd, env, onLine }: Command): Promise<End> {
  const directory = await mkdtemp(join(tmpdir(), 'wms-terraform-'));
  const file = await open(join(directory, 'output'), 'w+', 0o600);
  // The types of execa know descriptors up to 9.
  const output = file.fd as 9;
  let interrupted: NodeJS.Signals | null = null;
  const child = execa(command, [...args], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    detached: true,
    cleanup: false,
    buffer: false,
    stdio: ['ignore', output, output],
  });
  const onSignal = (signal: NodeJS.Signals) => {
    interrupted ??= signal;
    child.kill('SIGINT');
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const lines = follow(file, onLine);
  try {
    let isRunning = true;
    const ended = child.finally(() => {
      isRunning = false;
    });
    while (isRunning) {
      await lines.read();
      await Promise.race([ended, wait(LOOK_MS)]);
    }
    const { exitCode, signal } = await ended;
    await lines.read();
    lines.end();
    return {
      exitCode: exitCode ?? null,
      signal: (signal as NodeJS.Signals | undefined) ?? null,
      interrupted,
    };
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    await file.close();
    await rm(directory, { recursive: true, force: true });
  }
}

type OpenFile = Awaited<ReturnType<typeof open>>;

/** Lines of a file that grows. */
function follow(file: OpenFile, onLine: (line: string) => void) {
  const decoder = new TextDecoder();
  const buffer = Buffer.alloc(64 * 1024);
  let position = 0;
  let rest = '';
  return {
    async read(): Promise<void> {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      }
    },
    end(): void {
      if (rest !== '') onLine(rest);
    },
  };
}
