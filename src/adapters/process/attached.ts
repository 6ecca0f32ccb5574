import { execa } from 'execa';
import type { CommandEnd } from '../../ports/command-runner.js';

const PASSED_ON = ['SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program in this one's place: with its standard input, output and error, in its group, so that Ctrl-C reaches
 * both. Answers how it ended; 127 when it could not be started.
 */
export async function runAttached(command: string, args: readonly string[]): Promise<CommandEnd> {
  const child = execa(command, args, { stdio: 'inherit', reject: false, cleanup: true });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  // It gets its own; this program lives on to tidy up after it.
  const stay = (): void => undefined;
  for (const signal of PASSED_ON) process.on(signal, pass);
  process.on('SIGINT', stay);
  try {
    const { exitCode, signal } = await child;
    if (signal !== undefined) return { exitCode: null, signal };
    return { exitCode: exitCode ?? 127, signal: null };
  } finally {
    for (const signal of PASSED_ON) process.off(signal, pass);
    process.off('SIGINT', stay);
  }
}
