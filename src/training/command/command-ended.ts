import { EXIT, WmsError, type WmsErrorParts } from '../../errors.js';

/** The command did not do its work. `exitStatus` is what this program ends with: the command's own, kept. */
export class CommandEnded extends WmsError {
  constructor(
    readonly exitStatus: number,
    parts: Omit<WmsErrorParts, 'code'>,
  ) {
    super({ ...parts, code: EXIT.usage });
  }
}

/** As the `timeout` command has it. */
export const TIMED_OUT = 124;

const NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** What shells say of a command that a signal has ended. */
export function statusOfSignal(signal: NodeJS.Signals): number {
  return 128 + (NUMBERS[signal] ?? 0);
}

/** Somebody asked this program to end. The reason of the aborted signal. */
export class Interrupted extends CommandEnded {
  constructor(readonly signal: NodeJS.Signals) {
    super(statusOfSignal(signal), {
      kind: 'train/interrupted',
      what: `Training was ended by ${signal}.`,
      next: 'Run the same command to train again: what was fetched is kept.',
    });
  }
}
