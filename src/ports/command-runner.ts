export interface CommandToRun {
  /** A path, or a name that is looked for on the PATH. */
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds between a polite end and SIGKILL. */
  readonly grace: number;
  /** Standard output and standard error, as they come. */
  readonly onOutput: (chunk: Buffer) => void;
  /** Absolute: what it reads and fills. A command on another machine finds it there, and what is new in it comes back. */
  readonly directory?: string;
}

export interface CommandEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningCommand {
  /**
   * Resolves when the command has ended, and what it left running was ended, too. On another machine it rejects with
   * WmsErrors `train/connection-lost` and `train/machine-refused` (exit code 5).
   */
  readonly ended: Promise<CommandEnd>;
  /** Sends the signal to the command and all that it started; SIGKILL follows after the grace. */
  stop(signal: NodeJS.Signals): void;
  /** What runs, one line each: `4711 S (sleeping) python train.py`. Empty where the system does not tell. */
  processes(): Promise<string[]>;
}

/**
 * Starts programs that take long. The command and what it starts are one group, without standard input; when this
 * process dies in whatever way, the group is ended, too.
 */
export interface CommandRunner {
  /** Another machine, for people: programs are looked for there. */
  readonly elsewhere?: string;
  start(command: CommandToRun): RunningCommand;
}
