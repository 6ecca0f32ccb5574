import type { Reporter, StepReport } from '../../ports/reporter.js';
import { openSpinner, type Spinner } from './spinner.js';

type State = 'running' | 'done' | 'skipped' | 'warned' | 'failed';

interface Line {
  readonly title: string;
  text: string;
  state: State;
}

const SYMBOLS: Record<Exclude<State, 'running'>, string> = {
  done: '✔',
  skipped: '○',
  warned: '⚠',
  failed: '✖',
};
const COLOURS: Record<Exclude<State, 'running'>, number> = { done: 32, skipped: 90, warned: 33, failed: 31 };
const TITLE_WIDTH = 13;

/** One spinner in a terminal, one plain line per finished step elsewhere. */
export async function openTerminalReporter(
  stream: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
): Promise<Reporter> {
  const colour = stream.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
  // ora counts lines by dividing through the width, and some terminals say that it is 0.
  const drawable = stream.isTTY && env.TERM !== 'dumb' && stream.columns > 0;
  const spinner = drawable ? await openSpinner(stream) : null;
  return new TerminalReporter(stream, spinner, colour);
}

class TerminalReporter implements Reporter {
  /** Announced steps that are not printed yet. */
  readonly #lines: Line[] = [];
  #paused = 0;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly spinner: Spinner | null,
    private readonly colour: boolean,
  ) {}

  heading(text: string): void {
    this.note(`${this.#paint(1, 'wms')} · ${text}\n`);
  }

  step(title: string): StepReport {
    const line: Line = { title, text: '', state: 'running' };
    this.#lines.push(line);
    this.#draw();
    const end = (state: State) => (text: string) => {
      line.text = text;
      line.state = state;
      this.#draw();
    };
    return {
      progress: end('running'),
      done: end('done'),
      skipped: end('skipped'),
      warned: end('warned'),
      failed: end('failed'),
    };
  }

  note(text: string): void {
    this.spinner?.hide();
    this.stream.write(`${text}\n`);
    this.#draw();
  }

  async pausedFor<T>(work: () => Promise<T>): Promise<T> {
    this.#paused += 1;
    this.spinner?.hide();
    try {
      return await work();
    } finally {
      this.#paused -= 1;
      this.#draw();
    }
  }

  close(): void {
    this.spinner?.hide();
    for (const line of this.#lines.splice(0)) this.#print(line);
  }

  #draw(): void {
    if (this.#paused > 0) return;
    for (
      let first = this.#lines[0];
      first !== undefined && first.state !== 'running';
      first = this.#lines[0]
    ) {
      this.spinner?.hide();
      this.#lines.shift();
      this.#print(first);
    }
    const [current] = this.#lines;
    if (current !== undefined) this.spinner?.show(`${current.title.padEnd(TITLE_WIDTH)} ${current.text}`);
  }

  #print({ title, text, state }: Line): void {
    if (state === 'running') return;
    const symbol = this.#paint(COLOURS[state], SYMBOLS[state]);
    this.stream.write(`  ${symbol} ${`${title.padEnd(TITLE_WIDTH)} ${text}`.trimEnd()}\n`);
  }

  #paint(code: number, text: string): string {
    return this.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
