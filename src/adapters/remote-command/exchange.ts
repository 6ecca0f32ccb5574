import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { join, relative } from 'node:path';
import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { CommandEnd, CommandToRun } from '../../ports/command-runner.js';
import { type Arriving, arriveIn, packed } from './archive.js';
import { environmentElsewhere } from './environment.pure.js';
import { type Frame, FrameReader, frame } from './frames.pure.js';
import type { RemotePlace } from './place.js';

/** Both sides say so often that they live, and give the other one up after such a silence. Milliseconds. */
const BEAT = 15_000;
const SILENCE = 90_000;
const LONGEST_ANSWER = 5000;
const NOTHING = Buffer.alloc(0);

/** One command, and where what it makes belongs. */
export type CommandElsewhere = CommandToRun & { readonly directory: string };

/** One command there, on one connection: the machine ends it when the connection does. */
export class Exchange {
  readonly #socket;
  readonly #closed: Promise<void>;
  readonly #asked: ((lines: string[]) => void)[] = [];
  #isSent = false;
  #heardAt = Date.now();
  #end: CommandEnd | null = null;
  #arriving: Arriving | null = null;
  /** Why this side has given up. */
  #reason: WmsError | NodeJS.Signals | null = null;

  constructor(
    private readonly place: RemotePlace,
    private readonly command: CommandElsewhere,
  ) {
    this.#socket = connect(place.port, '127.0.0.1');
    this.#socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  async run(): Promise<CommandEnd> {
    const beat = setInterval(() => this.#beat(), BEAT);
    const sending = this.#send();
    try {
      return await this.#listen();
    } catch (error) {
      const reason = this.#reason;
      if (typeof reason === 'string') return { exitCode: null, signal: reason };
      if (isWmsError(error)) throw error;
      throw reason ?? this.place.lost((error as Error).message);
    } finally {
      clearInterval(beat);
      this.#socket.destroy();
      await sending;
      await this.#arriving?.forget();
      for (const answer of this.#asked) answer([]);
    }
  }

  /** Before the command runs there, there is nothing that a signal could reach. */
  stop(signal: NodeJS.Signals): void {
    if (this.#isSent) this.#socket.write(frame('S', signal));
    else this.#giveUp(signal);
  }

  processes(): Promise<string[]> {
    if (this.#socket.destroyed) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.#socket.write(frame('P'));
      setTimeout(resolve, LONGEST_ANSWER, []).unref();
    });
  }

  #beat(): void {
    this.#socket.write(frame('H'));
    if (Date.now() - this.#heardAt < SILENCE) return;
    this.#giveUp(this.place.lost(`It has said nothing for ${SILENCE / 1000} seconds.`));
  }

  #giveUp(reason: WmsError | NodeJS.Signals): void {
    this.#reason ??= reason;
    this.#socket.destroy();
  }

  async #send(): Promise<void> {
    try {
      for await (const piece of this.#outgoing()) {
        if (!this.#socket.write(piece)) await this.#drained();
        // The other direction says why.
        if (this.#socket.destroyed) return;
      }
      this.#isSent = true;
    } catch (error) {
      this.#giveUp(isWmsError(error) ? error : cannotSend(this.place.name, error as Error));
    }
  }

  async #drained(): Promise<void> {
    let drained: () => void = () => undefined;
    const free = new Promise<void>((resolve) => {
      drained = resolve;
      this.#socket.once('drain', resolve);
    });
    await Promise.race([free, this.#closed]);
    this.#socket.off('drain', drained);
  }

  async *#outgoing(): AsyncGenerator<Buffer> {
    const { tree, ticket, files } = this.place;
    const { command, args, cwd, env, grace, directory, onOutput } = this.command;
    const told = { ticket, tree, command, args, cwd, env: environmentElsewhere(env), grace: grace / 1000 };
    yield frame('J', JSON.stringify({ ...told, output: directory }));
    const isHere = (path: string) => lstatSync(join(tree, path), { throwIfNoEntry: false }) !== undefined;
    const paths = [...(await files()).filter(isHere), relative(tree, directory)];
    for await (const piece of packed(tree, paths)) {
      // Many files take long: this, too, is a sign of life.
      onOutput(NOTHING);
      yield frame('T', piece);
    }
    yield frame('E');
  }

  async #listen(): Promise<CommandEnd> {
    const reader = new FrameReader();
    for await (const chunk of this.#socket) {
      this.#heardAt = Date.now();
      for (const each of reader.push(chunk as Buffer)) {
        if (await this.#take(each)) return this.#end as CommandEnd;
      }
    }
    throw new Error('The machine closed it.');
  }

  /** Whether it was the last. */
  async #take({ kind, payload }: Frame): Promise<boolean> {
    const { onOutput, directory } = this.command;
    if (kind === 'O') onOutput(payload);
    else if (kind === 'P') this.#asked.shift()?.(JSON.parse(payload.toString()));
    else if (kind === 'X') this.#end = JSON.parse(payload.toString());
    else if (kind === 'F') throw refused(this.place.name, payload.toString());
    else if (kind === 'T') {
      onOutput(NOTHING);
      await keeping(directory, async () => {
        this.#arriving ??= await arriveIn(directory);
        await this.#arriving.write(payload);
      });
    } else if (kind === 'E' && this.#end !== null) {
      await keeping(directory, async () => this.#arriving?.finish());
      return true;
    }
    return false;
  }
}

/** What fails in here is no matter of the connection. */
async function keeping(directory: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new WmsError({
      kind: 'train/outputs-not-kept',
      code: EXIT.network,
      what: `What the command made could not be written to ${directory}.`,
      why: (error as Error).message,
      next: 'Make room there, then run the same command to train again.',
      cause: error,
    });
  }
}

function cannotSend(name: string, { message }: Error): WmsError {
  return new WmsError({
    kind: 'train/files-not-sent',
    code: EXIT.network,
    what: `The files could not be sent to ${name}.`,
    why: message,
    next: 'Run the same command to train again.',
  });
}

function refused(name: string, why: string): WmsError {
  return new WmsError({
    kind: 'train/machine-refused',
    code: EXIT.network,
    what: `Training did not work on ${name}.`,
    why,
    next: 'npx wms cloud logs shows what the machine says. Run the same command to train again.',
  });
}
