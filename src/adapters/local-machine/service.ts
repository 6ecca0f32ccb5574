import { setTimeout as wait } from 'node:timers/promises';
import type { CommandRunner, CommandToRun, RunningCommand } from '../../ports/command-runner.js';
import type { Front } from './front.js';
import type { Log } from './log.js';

/** A program that runs as long as the machine does. */
export interface Program {
  readonly name: string;
  readonly command: Omit<CommandToRun, 'grace' | 'onOutput'>;
  /** Port of 127.0.0.1 at which it answers; null: not yet. `output` is what it has printed so far. */
  readonly portOf: (output: string) => Promise<number | null>;
}

const GRACE_MS = 5000;
const POLL_MS = 250;
const PAUSE_MS = 5000;
/** The address that a program prints comes first. */
const MOST_OUTPUT = 64_000;

export class Service {
  #child: RunningCommand | null = null;
  readonly #stopped = new AbortController();

  constructor(
    private readonly runner: CommandRunner,
    private readonly program: Program,
    readonly front: Front,
    private readonly log: Log,
  ) {}

  /** Resolves when it answers, and keeps it running from then on. Rejects when it ends before. */
  async start(): Promise<void> {
    const { name, command, portOf } = this.program;
    const toLog = this.log.of(name);
    let output = '';
    let hasEnded = false;
    const onOutput = (chunk: Buffer) => {
      if (output.length < MOST_OUTPUT) output += chunk.toString();
      toLog(chunk);
    };
    this.#stopped.signal.throwIfAborted();
    const child = this.runner.start({ ...command, grace: GRACE_MS, onOutput });
    this.#child = child;
    const ended = child.ended.then(({ exitCode, signal }) => {
      hasEnded = true;
      this.log.add(`${name} ended with ${exitCode ?? signal}`);
    });
    for (let port = null; port === null; ) {
      if (hasEnded) throw new Error(`${name} did not start`);
      port = await portOf(output);
      if (port !== null) this.front.passTo(port);
      else await wait(POLL_MS);
    }
    this.log.add(`${name} answers at ${this.front.url}`);
    void ended.then(() => this.#again());
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.front.close();
    this.#child?.stop('SIGTERM');
    await this.#child?.ended;
  }

  async #again(): Promise<void> {
    const { signal } = this.#stopped;
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await this.start().catch(() => this.#again());
  }
}
